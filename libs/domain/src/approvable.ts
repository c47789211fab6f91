// What needs a second person.
//
// - A command that needs approval is not done but kept, as an event, with who proposed it and until when it may be approved. One that needs none is done at once.
// - It is tried when it is proposed: what would be refused anyway is refused now.
// - It is approved or refused by someone else than the proposer, who holds the band it falls in; by then it is decided on what is true then: who approves may
//   bring the same wish up to date (its number, its day, what it is about as that stands now).
// - The proposer may withdraw it by refusing it. The last day for approving it is included; after it, it expires.
// - Approvals of one stream are at most 20 at a time.
import { type Day, daysAfter } from './day.js';
import { type Decider, isRefusal, type Refusal, refuse } from './decider.js';

/** Why a command needs approval: the band it falls in (`up to 1000`, `above 1000`), as the policy names it. */
export interface Need { readonly band: string; readonly expiryDays: number }

/** The limit above which a wish of somebody needs a second person: every amount is above that of who may give nothing alone; '' is none. */
export const limitOf = (limit: string, by: string, { neverAlone }: { readonly neverAlone: readonly string[] }): string => (neverAlone.includes(by) ? '0' : limit);

export type ApprovableCommand<C> =
  | { type: 'Propose'; approvalId: string; command: C; by: string; today: Day }
  | { type: 'Approve'; approvalId: string; by: string; bands: readonly string[]; today: Day; command?: C }
  | { type: 'Refuse'; approvalId: string; by: string; reason: string; today: Day }
  | { type: 'ExpireApprovals'; today: Day };

export type ApprovalEvent<C> =
  | { type: 'ApprovalRequested'; approvalId: string; command: C; band: string; by: string; lastDay: Day }
  | { type: 'ApprovalGranted'; approvalId: string; by: string }
  | { type: 'ApprovalRefused'; approvalId: string; by: string; reason: string }
  | { type: 'ApprovalExpired'; approvalId: string };

export type ApprovalRefusal = 'approval-not-found' | 'approval-exists' | 'approval-same-person' | 'approval-band-not-held' | 'approval-expired' | 'too-many-approvals';

interface Pending<C> { readonly command: C; readonly band: string; readonly by: string; readonly lastDay: Day }
export interface ApprovableState<S, C> { readonly inner: S; readonly pending: Readonly<Record<string, Pending<C>>> }

const most = 20;
const approvalTypes: ReadonlySet<string> = new Set<ApprovalEvent<unknown>['type']>(['ApprovalRequested', 'ApprovalGranted', 'ApprovalRefused', 'ApprovalExpired']);
const isApproval = <C, E extends { type: string }>(event: E | ApprovalEvent<C>): event is ApprovalEvent<C> => approvalTypes.has(event.type);

/** A decider whose commands are proposed; `needs` tells which of them a second person has to approve. */
export function approvable<S, C, E extends { type: string }, Code extends string>(
  decider: Decider<S, C, E, Code>,
  needs: (command: C, state: S) => Need | undefined,
): Decider<ApprovableState<S, C>, ApprovableCommand<C>, E | ApprovalEvent<C>, Code | ApprovalRefusal> {
  type Answer = readonly (E | ApprovalEvent<C>)[] | Refusal<Code | ApprovalRefusal>;
  return {
    initial: { inner: decider.initial, pending: {} },

    decide(command, { inner, pending }): Answer {
      if (command.type === 'Propose') {
        const done = decider.decide(command.command, inner);
        const need = needs(command.command, inner);
        if (isRefusal(done) || !need) return done;
        if (pending[command.approvalId]) return refuse('approval-exists', { approvalId: command.approvalId });
        if (Object.keys(pending).length >= most) return refuse('too-many-approvals', { most });
        const { approvalId, by, today } = command;
        return [{ type: 'ApprovalRequested', approvalId, command: command.command, band: need.band, by, lastDay: daysAfter(today, need.expiryDays) }];
      }
      if (command.type === 'ExpireApprovals') {
        return Object.entries(pending).filter(([, p]) => p.lastDay < command.today).map(([approvalId]) => ({ type: 'ApprovalExpired' as const, approvalId }));
      }
      const { approvalId, by, today } = command;
      const waiting = pending[approvalId];
      if (!waiting) return refuse('approval-not-found', { approvalId });
      if (today > waiting.lastDay) return refuse('approval-expired', { approvalId, lastDay: waiting.lastDay });
      switch (command.type) {
        case 'Approve': {
          if (by === waiting.by) return refuse('approval-same-person', { by });
          if (!command.bands.includes(waiting.band)) return refuse('approval-band-not-held', { band: waiting.band });
          const done = decider.decide(command.command ?? waiting.command, inner);
          return isRefusal(done) ? done : [{ type: 'ApprovalGranted', approvalId, by }, ...done];
        }
        case 'Refuse': return [{ type: 'ApprovalRefused', approvalId, by, reason: command.reason }];
      }
    },

    evolve({ inner, pending }, event) {
      if (!isApproval(event)) return { inner: decider.evolve(inner, event), pending };
      switch (event.type) {
        case 'ApprovalRequested': {
          const { approvalId, command, band, by, lastDay } = event;
          return { inner, pending: { ...pending, [approvalId]: { command, band, by, lastDay } } };
        }
        case 'ApprovalGranted':
        case 'ApprovalRefused':
        case 'ApprovalExpired': {
          const { [event.approvalId]: _gone, ...rest } = pending;
          return { inner, pending: rest };
        }
      }
    },
  };
}
