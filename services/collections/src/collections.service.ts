// Everything collections can do, once.
import type { Service } from '@ar/runtime/forms.js';
import { lookAgain, makePromise, openDispute, recordContact, resolveDispute, withdrawPromise } from './collections.commands.js';
import { disputeDeductions } from './deductions.commands.js';
import { disputeDeducted } from './deductions.reactions.js';
import { disputeInvoice } from './invoice-answers.commands.js';
import { disputeLateItems, disputeOnAnswer } from './invoice-answers.reactions.js';
import { publisher } from './collections.publisher.js';
import { lookDaily, reactions } from './collections.reactions.js';
import { collectionCase } from './domain/collection-case.js';
import { caseRecords } from './projections/case-records.js';
import { caseResource, cases, customers, undelivered } from './projections/cases.js';
import { debitsUnderWay, receiptsUnderWay } from './projections/coming.js';
import { disputes } from './projections/disputes.js';
import { owed } from './projections/owed.js';
import { promises } from './projections/promises.js';

export const collections: Service = {
  name: 'collections',
  aggregates: [collectionCase],
  commands: [openDispute, resolveDispute, makePromise, withdrawPromise, recordContact, lookAgain, disputeInvoice, disputeDeductions],
  resources: [caseResource],
  reactions: [...reactions, disputeOnAnswer, disputeDeducted],
  daily: [lookDaily, disputeLateItems],
  projections: [customers, owed, debitsUnderWay, receiptsUnderWay, promises, disputes, cases, caseRecords, undelivered],
  effects: [],
  publisher,
};
