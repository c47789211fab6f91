import { describe, expect, it } from '@jest/globals';
import { approvable, type ApprovalEvent } from './approvable.js';
import { type Decider, refuse } from './decider.js';
import { testing } from './given.js';

interface Pay { type: 'Pay'; minor: number }
interface Paid { type: 'Paid'; minor: number }
const purse: Decider<number, Pay, Paid, 'purse-empty'> = {
  initial: 500,
  decide: ({ minor }, left) => (minor > left ? refuse('purse-empty', { left }) : [{ type: 'Paid', minor }]),
  evolve: (left, { minor }) => left - minor,
};
const guarded = approvable(purse, ({ minor }) => (minor > 100 ? { band: minor > 300 ? 'large' : 'small', expiryDays: 14 } : undefined));
const { given } = testing(guarded);

const today = '2026-03-02';
const propose = (minor: number, approvalId = 'a1') => ({ type: 'Propose', approvalId, command: { type: 'Pay', minor }, by: 'anna', today }) as const;
const asked = (minor: number, band: string, approvalId = 'a1'): ApprovalEvent<Pay> => ({ type: 'ApprovalRequested', approvalId, command: { type: 'Pay', minor }, band, by: 'anna', lastDay: '2026-03-16' });
const approve = (by = 'ben', day = today) => ({ type: 'Approve', approvalId: 'a1', by, bands: ['small'], today: day }) as const;
const turnDown = (by = 'ben', day = today) => ({ type: 'Refuse', approvalId: 'a1', by, reason: 'not agreed', today: day }) as const;

describe('a command that needs no approval', () => {
  it('is done at once', () => given().when(propose(100)).then({ type: 'Paid', minor: 100 }));
  it('is refused as without approval', () => given({ type: 'Paid', minor: 450 }).when(propose(100)).thenRefused('purse-empty'));
});

describe('a command that needs a second person', () => {
  it('is kept, with its band and its last day', () => given().when(propose(200)).then(asked(200, 'small')));
  it('is not kept when it would be refused anyway', () => given().when(propose(600)).thenRefused('purse-empty'));
  it('has an id of its own', () => given(asked(200, 'small')).when(propose(300)).thenRefused('approval-exists'));
  it('is one of twenty at most', () => given(...Array.from({ length: 20 }, (_, i) => asked(200, 'small', `b${i}`))).when(propose(200)).thenRefused('too-many-approvals'));
});

describe('a pending command', () => {
  const facts = [asked(200, 'small')];
  it('is done when another approves', () => given(...facts).when(approve()).then({ type: 'ApprovalGranted', approvalId: 'a1', by: 'ben' }, { type: 'Paid', minor: 200 }));
  it('is not approved by its proposer', () => given(...facts).when(approve('anna')).thenRefused('approval-same-person'));
  it('is approved by who holds its band', () => given(asked(400, 'large')).when(approve()).thenRefused('approval-band-not-held'));
  it('is decided on what is true when it is approved', () => given(...facts, { type: 'Paid', minor: 400 }).when(approve()).thenRefused('purse-empty'));
  it('is brought up to date by who approves it, and decided as such', () => {
    given(...facts).when({ ...approve(), command: { type: 'Pay', minor: 150 } }).then({ type: 'ApprovalGranted', approvalId: 'a1', by: 'ben' }, { type: 'Paid', minor: 150 });
    given(...facts).when({ ...approve(), command: { type: 'Pay', minor: 600 } }).thenRefused('purse-empty');
  });
  it('is turned down', () => given(...facts).when(turnDown()).then({ type: 'ApprovalRefused', approvalId: 'a1', by: 'ben', reason: 'not agreed' }));
  it('is withdrawn by its proposer', () => given(...facts).when(turnDown('anna')).then({ type: 'ApprovalRefused', approvalId: 'a1', by: 'anna', reason: 'not agreed' }));
  it('may be approved on its last day', () => given(...facts).when(approve('ben', '2026-03-16')).then({ type: 'ApprovalGranted', approvalId: 'a1', by: 'ben' }, { type: 'Paid', minor: 200 }));
  it('is too late the day after', () => {
    given(...facts).when(approve('ben', '2026-03-17')).thenRefused('approval-expired');
    given(...facts).when(turnDown('ben', '2026-03-17')).thenRefused('approval-expired');
  });
  it('expires the day after its last', () => {
    given(...facts).when({ type: 'ExpireApprovals', today: '2026-03-16' }).thenNothing();
    given(...facts).when({ type: 'ExpireApprovals', today: '2026-03-17' }).then({ type: 'ApprovalExpired', approvalId: 'a1' });
  });
});

describe('a command no longer pending', () => {
  it.each<ApprovalEvent<Pay>>([{ type: 'ApprovalGranted', approvalId: 'a1', by: 'ben' }, { type: 'ApprovalRefused', approvalId: 'a1', by: 'ben', reason: 'no' }, { type: 'ApprovalExpired', approvalId: 'a1' }])('is not decided again: $type', (how) => {
    given(asked(200, 'small'), how).when(approve()).thenRefused('approval-not-found');
    given(asked(200, 'small'), how).when(turnDown()).thenRefused('approval-not-found');
    given(asked(200, 'small'), how).when({ type: 'ExpireApprovals', today: '2027-01-01' }).thenNothing();
  });
  it('leaves what it guards as the guarded decider has it', () => expect(given(asked(200, 'small'), { type: 'ApprovalGranted', approvalId: 'a1', by: 'ben' }, { type: 'Paid', minor: 200 }).state()).toEqual({ inner: 300, pending: {} }));
});
