// X12 820 where another message books on the account: what payers say is recorded, and finds the receipts that the other message brings or has brought. It is never money.
import type { Command } from '@ar/runtime/forms.js';
import type { BankLine } from './bank/lines.js';
import { knownOfBankAdvices, streamsOfAdvices, tellAdvice } from './bank-advices.js';
import { statementOf } from './bank.commands.js';
import { BANK } from './domain/bank-account.js';
import { isSettled, type PostedLine } from './domain/bank-statement.js';
import type { KnownOfAdvice } from './remittance.commands.js';

export interface RecordBankAdvices { readonly statementId: string; readonly bankAccountId: string; readonly currency: string; readonly lines: readonly BankLine[] }

export const recordBankAdvices: Command<RecordBankAdvices, readonly (KnownOfAdvice | undefined)[]> = {
  name: 'record-bank-advices',
  customer: () => BANK,
  streams: ({ statementId }) => [statementOf(statementId)],
  known: (asked, tx) => knownOfBankAdvices(asked, tx),
  decide(request, on) {
    const { statementId } = request;
    const before = on.state(statementOf(statementId));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: [] }); // whether it may be gone through at all
    on.reach(streamsOfAdvices(on, request, request.lines.map((line, i) => ({ line, known: on.known[i] }))));
    const posted = request.lines.flatMap((line, i): PostedLine[] => {
      if (isSettled(before, line.line)) return [];
      const known = on.known[i];
      const [outcome, reason] = known ? tellAdvice(on, request, line, known) : ['ignored' as const, line.meaning.is === 'ignored' ? line.meaning.reason : 'without-remittance'];
      return [{ line: line.line, outcome, reason, bankEntryId: '', receiptId: '' }];
    });
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: posted });
  },
};
