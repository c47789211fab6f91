// What callers say about disputes and promises, read field by field.
import type { ContactChannel, DisputeReason as WireReason} from '@ar/contracts/gen/ar/collections/v1/collection.js';
import { type ItemPart, type Note as WireNote } from '@ar/contracts/gen/ar/collections/v1/collection.js';
import type { DisputeDraft as WireDispute } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import type { PromiseDraft as WirePromise } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import { newId } from '@ar/platform/api.js';
import type { Fields } from '@ar/platform/fields.js';
import { wireChannels, wireReasons } from '../collections.publisher.js';
import type { DisputeDraft } from '../domain/dispute.js';
import type { AskedPart } from '../domain/open-items.js';
import type { Channel, Note, PromiseDraft } from '../domain/promise-to-pay.js';

/** The domain's word for an enum's value. */
export const wordOf = <Word extends string, Wire extends string>(words: Readonly<Record<Word, Wire>>, wire: Wire | undefined): Word => (Object.keys(words) as Word[]).find((word) => words[word] === wire)!;

export const readChannel = <M extends { channel: ContactChannel }>(f: Fields<M>): Channel => wordOf(wireChannels, f.oneOf('channel', Object.values(wireChannels)));
export const readNote = <M extends object>(f: Fields<M>): Note =>
  f.inside<WireNote, Note>('note' as never, (note) => ({ contactName: note.text('contactName', { max: 200, optional: true }), text: note.text('text', { max: 2_000, optional: true }) })) ?? { contactName: '', text: '' };

function readParts<M extends object>(f: Fields<M>): readonly AskedPart[] {
  const parts = f.list<ItemPart, AskedPart>('items' as never, { min: 1, max: 100 }, (part) => ({ itemId: part.id('itemId', false, 128), amount: part.amount('amount', { optional: true }) ?? null }));
  if (new Set(parts.map((p) => p.itemId)).size < parts.length) f.wrong('items', 'FIELD_INVALID', 'names an item twice');
  return parts;
}

export const readDispute = (f: Fields<WireDispute>): DisputeDraft => ({
  disputeId: f.ownId('disputeId', 'dsp') || newId('dsp'), items: readParts(f), note: readNote(f),
  reasonCode: wordOf(wireReasons, f.oneOf<WireReason>('reasonCode', Object.values(wireReasons))),
});

export const readPromise = (f: Fields<WirePromise>): PromiseDraft => ({ promiseId: f.id('promiseId', true) || newId('ptp'), items: readParts(f), promisedOn: f.day('promisedDate'), channel: readChannel(f), note: readNote(f) });
