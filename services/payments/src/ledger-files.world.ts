// What reaches the ledger otherwise than by one command: files of the bank, what it says of direct debits, and what the payment provider tells.
import { BankMessage } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { ImportBankFileRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { DebitOutcome, ImportDebitStatusRequest } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { PayLinkStatus, ReceiveProviderNoticeRequest } from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import { type Booked, camt, statementXml } from './bank/bank-files.world.js';
import { x12 } from './bank/x12.world.js';
import type { Dice } from './ledger-dice.world.js';
import type { Knowing } from './ledger-requests.world.js';
import { isOpen, minorOf } from './ledger-seen.world.js';
import { type Came, type LedgerService, NOTICES } from './ledger-service.world.js';
import type { PaymentProvider } from './payment-provider.js';
import { signNotice } from './provider-notice.js';
import { sandboxProvider } from './sandbox-provider.js';

export const FILES = ['bank-file', 'bank-file', 'bank-file', 'same-bank-file', 'bank-details', 'bank-advices', 'debit-status', 'notice', 'notice'] as const;
export type FileAct = (typeof FILES)[number];

/** The tenant's accounts at its bank. */
export const ACCOUNTS = ['DE89370400440532013000', 'DE02120300000000202051'] as const;
const inEuros = (minor: number): string => (minor / 100).toFixed(2);

/** As the sandbox, but of amounts that end with 06 nobody ever knows what became: a person has to say. */
export function silentProvider(): PaymentProvider {
  const [sandbox, silent] = [sandboxProvider(), new Set<string>()];
  const silently = (key: string, minor: number): void => { if (minor % 100 === 6) { silent.add(key); throw new Error('the connection broke'); } };
  return {
    async payOut(payout) { silently(payout.key, payout.minor); return sandbox.payOut(payout); },
    async collect(collection) { silently(collection.key, collection.minor); return sandbox.collect(collection); },
    async ask(key) { return silent.has(key) ? { became: 'pending' } : sandbox.ask(key); },
  };
}

interface BankFile { readonly content: string; readonly account: string; readonly entries: readonly Booked[] }

/** What one tenant's bank and provider say. */
export class FilesOf {
  readonly #files: BankFile[] = [];
  constructor(private readonly service: LedgerService, private readonly tenantId: string) {}

  /** What came of it; nothing where there was nothing to say. */
  bring(act: FileAct, knowing: Knowing, dice: Dice, at: number): Promise<Came> | undefined {
    const file = (content: string, message = BankMessage.UNSPECIFIED) => this.#upload('importBankFile', ImportBankFileRequest, content, knowing, at, { message });
    switch (act) {
      case 'bank-file': {
        const made = this.#statement(knowing, dice);
        this.#files.push(made);
        return file(made.content);
      }
      case 'same-bank-file': {
        const before = dice.of(this.#files);
        return before && file(before.content);
      }
      case 'bank-details': { // of what was booked, or will be
        const before = dice.of(this.#files);
        const told = before?.entries.filter((e) => e.side !== 'DBIT').map((e) => ({ ...e, text: `${e.text ?? ''} Customer c1` }));
        return before && told && told.length > 0 ? file(camt([statementXml({ account: before.account, id: `N${knowing.fresh()}`, opening: null, closing: null, entries: told, day: knowing.today }, '02', 'Ntfctn')], '02', 'camt.054')) : undefined;
      }
      case 'bank-advices': {
        const item = dice.of(knowing.seen.items.filter((i) => isOpen(i) && i.open!.currencyCode === 'EUR'));
        const minor = item && minorOf(item.open);
        return item && minor ? file(x12([{ handling: 'I', amount: inEuros(minor), trace: `T-${knowing.fresh()}`, currency: 'EUR', account: dice.among(...ACCOUNTS), on: knowing.today.replaceAll('-', ''), lines: [`RMR*IV*${item.item!.documentNumber}**${inEuros(minor)}`] }])) : undefined;
      }
      case 'debit-status': {
        const attempts = knowing.seen.debits.flatMap((d) => d.attempts.slice(-1)).filter((a) => a.debitFileId !== '');
        const attempt = dice.of(attempts.filter((a) => a.outcome === DebitOutcome.UNDER_WAY || dice.once(4)));
        const [id, status] = [attempt?.endToEndId ?? 'nobody', dice.among('ACSC', 'ACSC', 'RJCT')];
        const said = `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>${status}</TxSts>${status === 'RJCT' ? `<StsRsnInf><Rsn><Cd>${dice.among('AM04', 'AC04')}</Cd></Rsn></StsRsnInf>` : ''}</TxInfAndSts>`;
        return this.#upload('importDebitStatus', ImportDebitStatusRequest, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId></GrpHdr><OrgnlPmtInfAndSts>${said}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`, knowing, at);
      }
      case 'notice': {
        const link = dice.of(knowing.seen.payLinks.filter((l) => l.status === PayLinkStatus.OPEN || dice.once(4)));
        const attempt = dice.of(knowing.seen.debits.flatMap((d) => d.attempts.slice(-1)).filter((a) => a.debitFileId === ''));
        const paid = link && { notice_id: `n-${knowing.fresh()}`, key: link.payLinkId, type: 'link.paid', reference: `P-${dice.upTo(20)}`, amount: link.amount?.value ?? inEuros(1 + dice.upTo(200)), currency_code: 'EUR', method: dice.among('card', 'wallet', 'bank_transfer') };
        const collected = attempt && { notice_id: `n-${knowing.fresh()}`, key: attempt.endToEndId, type: dice.among('collection.paid', 'collection.returned', 'collection.declined'), reference: 'P', code: 'AM04', final: dice.once(3) };
        const said = paid && (!collected || dice.once(2)) ? paid : collected;
        if (!said) return undefined;
        const [body, sentAt] = [Buffer.from(JSON.stringify(said)), `${knowing.today}T10:00:00Z`];
        return this.service.wish('receiveProviderNotice', ReceiveProviderNoticeRequest.fromPartial({ tenantId: this.tenantId, body, sentAt, signature: signNotice(NOTICES, this.tenantId, sentAt, body) }), at);
      }
    }
  }

  /** Money of somebody or nobody, money that goes back, and sums that do not tie. */
  #statement(knowing: Knowing, dice: Dice): BankFile {
    const entries = Array.from({ length: 1 + dice.upTo(3) }, (): Booked & { readonly minor: number } => {
      const ref = `E-${knowing.fresh()}`;
      const received = dice.of(knowing.seen.receipts.filter((r) => r.amount!.currencyCode === 'EUR'));
      if (received && dice.once(3)) return { amount: received.amount!.value, minor: -minorOf(received.amount), side: 'DBIT', ref, day: knowing.today, details: `<TxDtls><Refs><EndToEndId>${dice.once(2) ? received.bankReference || 'x' : 'x'}</EndToEndId></Refs><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls>` };
      const item = dice.of(knowing.seen.items.filter((i) => isOpen(i) && i.open!.currencyCode === 'EUR'));
      const minor = item ? minorOf(item.open) + dice.among(0, 0, -3) || 1 : 1 + dice.upTo(300);
      return { amount: inEuros(Math.max(1, minor)), minor: Math.max(1, minor), ref, day: knowing.today, text: item && !dice.once(3) ? `invoice ${item.item!.documentNumber}` : `thanks ${ref}` };
    });
    const closing = entries.reduce((sum, e) => sum + e.minor, 0) + (dice.once(3) ? 1 : 0);
    const account = dice.among(...ACCOUNTS);
    return { account, entries, content: camt([statementXml({ account, id: `S${knowing.fresh()}`, opening: '0.00', closing: inEuros(closing), entries, day: knowing.today })]) };
  }

  #upload(name: string, message: { fromPartial(of: never): unknown }, content: string, knowing: Knowing, at: number, more: object = {}): Promise<Came> {
    const start = { tenantId: this.tenantId, requestId: `f-${knowing.fresh()}`, actor: 'bank', minPosition: this.service.reached, ...more };
    const bytes = Buffer.from(content);
    const parts = [{ $case: 'start', value: start }, { $case: 'chunk', value: bytes.subarray(0, 100) }, { $case: 'chunk', value: bytes.subarray(100) }];
    return this.service.bring(name, parts.map((part) => message.fromPartial({ part } as never)), at);
  }
}
