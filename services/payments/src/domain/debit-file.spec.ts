import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { debitFile, type DebitFileFacts } from './debit-file.js';

const { given } = testing(debitFile);
const creditor = { name: 'Seller', iban: 'DE02120300000000202051', creditorId: 'DE98ZZZ09999999999' };
const facts: DebitFileFacts = { fileId: 'F-1', debits: 2, minor: 70_00, currency: 'EUR', creditor, by: 'anna' };

describe('a file of direct debits', () => {
  it('is cut once, with debits', () => {
    given().when({ type: 'AskToCut', fileId: 'F-1', creditor }).thenNothing();
    given().when({ type: 'Cut', through: '2026-03-04', ...facts }).then({ type: 'DebitFileCut', ...facts });
    given().when({ type: 'Cut', through: '2026-03-04', ...facts, debits: 0 }).thenRefused('no-debits-due');
    given({ type: 'DebitFileCut', ...facts }).when({ type: 'AskToCut', fileId: 'F-1', creditor }).thenRefused('debit-file-exists');
    given({ type: 'DebitFileCut', ...facts }).when({ type: 'Cut', through: '2026-03-04', ...facts }).thenRefused('debit-file-exists');
  });
  it.each(['name', 'iban', 'creditorId'] as const)('says who collects: the %s is needed', (field) => given().when({ type: 'AskToCut', fileId: 'F-1', creditor: { ...creditor, [field]: '' } }).thenRefused('creditor-incomplete'));
});
