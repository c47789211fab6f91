// All pages of a list.
export async function allPages<Res extends { nextPageToken: string }, Row>(page: (pageToken: string) => Promise<Res>, rows: (response: Res) => readonly Row[]): Promise<Row[]> {
  const all: Row[] = [];
  for (let token = ''; ;) {
    const response = await page(token);
    all.push(...rows(response));
    token = response.nextPageToken;
    if (token === '') return all;
  }
}
