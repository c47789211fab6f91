// Everything reminders can do, once.
import type { Daily, Service } from '@ar/runtime/forms.js';
import { claimDebitNotice, recordDebitNotice, repeatDebitNotice, requestDebitNotice } from './debit-notices.commands.js';
import { debitNotice } from './domain/debit-notice.js';
import { dunningCase } from './domain/dunning-case.js';
import { debitNoticeMail, reminderMail } from './mail.js';
import { communications, debitNoticeResource } from './projections/communications.js';
import { debitsUnderWay, receiptsUnderWay } from './projections/coming.js';
import { concernedOn, dunningCaseResource, dunningCases } from './projections/dunning-cases.js';
import { customers, sellers } from './projections/parties.js';
import { holdBacks, openItems, undelivered } from './projections/standing.js';
import { claimReminder, type OfCustomer, pauseDunning, recordReminder, repeatReminder, resumeDunning, reviewDunning, takeOnLevel } from './reminders.commands.js';
import { announceDebit, goOnFromLevel } from './reminders.reactions.js';
import { publisher } from './reminders.publisher.js';

/** A new day: items become due, past due, or late enough for the next level. */
export const remind: Daily<OfCustomer> = {
  name: 'remind',
  command: reviewDunning,
  due: async (tx, tenant, today, policies, after, limit) => (await concernedOn(tx, tenant, today, policies, after, limit)).map((customer) => ({ key: customer, customer, request: { customerId: customer } })),
  expected: [],
};

/** Mail goes through the server at that address. */
export const reminders = (smtpUrl: string): Service => ({
  name: 'reminders',
  aggregates: [dunningCase, debitNotice],
  commands: [pauseDunning, resumeDunning, repeatReminder, reviewDunning, claimReminder, recordReminder, takeOnLevel, requestDebitNotice, claimDebitNotice, recordDebitNotice, repeatDebitNotice],
  resources: [dunningCaseResource, debitNoticeResource],
  reactions: [goOnFromLevel, announceDebit],
  daily: [remind],
  projections: [sellers, customers, openItems, holdBacks, undelivered, debitsUnderWay, receiptsUnderWay, communications, dunningCases],
  effects: [reminderMail(smtpUrl), debitNoticeMail(smtpUrl)],
  publisher,
});
