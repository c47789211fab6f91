// A payment provider that moves no money, to try things out with. The last two digits of an amount, in its smallest unit, say what it does:
//
// - 01: declines for good (`account-closed`). 02: declines for now (`try-later`), and pays when it is asked again. 03: the connection breaks; it has paid, as it says when it is asked for the
//   second time. 04: the connection breaks, and it never got it. Anything else: pays.
//
// A collection is declined with the codes of ISO 20022: 01 with AC04, for good; 02 with AM04, for now, and pays at the next attempt; 05 with AM04 at every attempt.
//
// It remembers while the process runs: what it was asked for before, it never got.
import type { Answer, Collection, PaymentProvider } from './payment-provider.js';

const MOST_REMEMBERED = 100_000;

export function sandboxProvider(): PaymentProvider {
  const known = new Map<string, { readonly minor: number; /** How often it was asked to pay, and about it. */ times: number; asked: number; /** What it said of a collection at once. */ readonly said?: Answer | undefined }>();
  const remember = (key: string, of: { readonly minor: number; times: number; asked: number; readonly said?: Answer | undefined }) => {
    known.set(key, of);
    if (known.size > MOST_REMEMBERED) known.delete(known.keys().next().value!); // the oldest
  };
  const paid = (key: string): Answer => ({ became: 'paid', reference: `SANDBOX-${key}` });
  return {
    async payOut({ key, minor }) {
      const of = known.get(key) ?? { minor, times: 0, asked: 0 };
      of.times++;
      const script = minor % 100;
      if (script !== 4) remember(key, of);
      if (script === 1) return { became: 'declined', code: 'account-closed', forGood: true };
      if (script === 2 && of.times === 1) return { became: 'declined', code: 'try-later', forGood: false };
      if (script === 3 || script === 4) throw new Error('the connection broke');
      return paid(key);
    },
    async collect({ key, minor, attempt }) {
      const script = minor % 100;
      if (script === 4 && attempt === 1) throw new Error('the connection broke');
      const said = known.get(key)?.said ?? collected(script, attempt, paid(key));
      remember(key, { minor, times: 1, asked: 0, said });
      if (script === 3) throw new Error('the connection broke');
      return said;
    },
    async ask(key) {
      const of = known.get(key);
      if (!of) return { became: 'unheard-of' };
      of.asked++;
      const script = of.minor % 100;
      if (of.said) return script === 3 && of.asked === 1 ? { became: 'pending' } : of.said;
      if (script === 1) return { became: 'declined', code: 'account-closed', forGood: true };
      if (script === 2 && of.times === 1) return { became: 'declined', code: 'try-later', forGood: false };
      return script === 3 && of.asked === 1 ? { became: 'pending' } : paid(key);
    },
  };
}

function collected(script: number, attempt: Collection['attempt'], paid: Answer): Answer {
  if (script === 1) return { became: 'declined', code: 'AC04', forGood: true };
  return script === 5 || (script === 2 && attempt === 1) ? { became: 'declined', code: 'AM04', forGood: false } : paid;
}
