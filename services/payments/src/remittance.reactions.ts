// What payments does because an advice, or money that no rule placed, has been read: what came at almost the same time finds each other.
import type { Reaction } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from './domain/account.js';
import { matchWhatCame, type MatchWhatCame } from './remittance.commands.js';

export const matchRecordedAdvice: Reaction<'ar.payments.remittance_advice_recorded.v1', MatchWhatCame> = {
  name: 'match-recorded-advice',
  on: 'ar.payments.remittance_advice_recorded.v1',
  command: matchWhatCame,
  requests: ({ customer, data }) => (customer === UNIDENTIFIED ? [] : [{ customer, adviceId: data.remittanceAdviceId }]),
  expected: [],
};

export const matchHeldReceipt: Reaction<'ar.payments.cash_held.v1', MatchWhatCame> = {
  name: 'match-held-receipt',
  on: 'ar.payments.cash_held.v1',
  command: matchWhatCame,
  requests: ({ customer, data }) => (customer === UNIDENTIFIED ? [] : [{ customer, receiptId: data.receiptId }]),
  expected: [],
};
