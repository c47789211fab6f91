// Notices of the payment provider, and the tokens of pay links: what is signed, and what is in it.
//
// - A notice is signed over its raw bytes with the tenant and the instant that it was sent: nothing of it is looked at before the signature holds. It is of these days: within one day of the business date.
// - A token names its tenant, its link and its last day, and is signed; who has no key cannot make one for another link.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { isMoney, parseMoney } from '@ar/domain/money.js';

const MOST_BYTES = 64 * 1_024;
const MOST_DAYS_APART = 1;
const signed = (key: string, text: string | Uint8Array): Buffer => createHmac('sha256', key).update(text).digest();
const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** What is to be signed of a notice. */
const bytesOf = (tenant: string, sentAt: string, body: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${tenant}.${sentAt}.`), body]);
export const signNotice = (secret: string, tenant: string, sentAt: string, body: Uint8Array): string => signed(secret, bytesOf(tenant, sentAt, body)).toString('hex');
export const isSignedNotice = (secret: string, tenant: string, sentAt: string, body: Uint8Array, signature: string): boolean => same(signed(secret, bytesOf(tenant, sentAt, body)), Buffer.from(/^[0-9a-f]{64}$/.test(signature) ? signature : '', 'hex'));
/** Whether it was sent in these days, as the tenant counts them. */
export const isOfTheseDays = (sentAt: string, today: Day): boolean => sentAt.slice(0, 10) >= daysAfter(today, -MOST_DAYS_APART) && sentAt.slice(0, 10) <= daysAfter(today, MOST_DAYS_APART);

export type Notice = { readonly noticeId: string; readonly key: string } & (
  | { readonly type: 'collection.paid'; readonly reference: string }
  | { readonly type: 'collection.declined' | 'collection.returned'; readonly code: string; readonly final: boolean }
  | { readonly type: 'link.paid'; readonly reference: string; readonly minor: number; readonly currency: string; readonly method: string });

const METHODS: Readonly<Record<string, string>> = { card: 'PAYMENT_METHOD_CARD', wallet: 'PAYMENT_METHOD_WALLET', bank_transfer: 'PAYMENT_METHOD_BANK_TRANSFER' };

/** What a body says, or what is wrong with it. */
export function noticeIn(body: Uint8Array): Notice | string {
  if (body.length > MOST_BYTES) return `it has ${body.length} bytes; ${MOST_BYTES} are allowed`;
  let said: Readonly<Record<string, unknown>>;
  try { said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Readonly<Record<string, unknown>>; } catch { return 'it is no JSON'; }
  if (typeof said !== 'object' || said === null) return 'it is no object';
  const text = (name: string, most = 64): string => { const value = said[name]; return typeof value === 'string' && value.length <= most && /^[\x20-\x7e]*$/.test(value) ? value.trim() : ''; };
  const [noticeId, key, reference] = [text('notice_id'), text('key'), text('reference')];
  if (noticeId === '' || key === '') return 'it has no notice_id, or no key';
  const type = text('type');
  switch (type) {
    case 'collection.paid': return { noticeId, key, type, reference };
    case 'collection.declined':
    case 'collection.returned': return { noticeId, key, type, code: text('code'), final: said['final'] === true };
    case 'link.paid': {
      const money = parseMoney(text('amount', 20), text('currency_code', 3));
      const method = METHODS[text('method') || 'card'];
      if (!isMoney(money) || money.minor <= 0 || reference === '' || method === undefined) return 'it has no amount, no reference, or no method that is known';
      return { noticeId, key, type, reference, minor: money.minor, currency: money.currency, method };
    }
  }
  return `it is of a type that is not known: ${type}`;
}

/** `<payload>.<signature>`, both base64url. */
export function tokenOf(key: string, tenant: string, payLinkId: string, expiresOn: Day): string {
  const payload = Buffer.from(JSON.stringify([tenant, payLinkId, expiresOn])).toString('base64url');
  return `${payload}.${signed(key, `pay-link.${payload}`).toString('base64url')}`;
}
/** The link of a token of that tenant; undefined where it is none of ours, or was changed. */
export function linkIn(key: string, tenant: string, token: string): string | undefined {
  const [payload = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || !same(signed(key, `pay-link.${payload}`), Buffer.from(signature, 'base64url'))) return undefined;
  const [of, payLinkId] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, string, Day];
  return of === tenant ? payLinkId : undefined;
}
