import { describeHold, type Hold } from '../admission/hold.ts';
import type { Alert, Labels } from '../analysis/alerts.ts';
import type { Freeze } from '../calendar/calendar.ts';
import { lookup } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';

/** Something that came from outside and may end the watch of an action. */
export type Outside =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'freeze'; readonly freeze: Pick<Freeze, 'name' | 'from' | 'until'> }
  | { readonly kind: 'hold'; readonly hold: Hold };

/** Returns when it came, in milliseconds since the epoch: by the clock of whoever says so. */
export function cameAt(outside: Outside): number {
  switch (outside.kind) {
    case 'alert':
      return outside.alert.startsAt;
    case 'freeze':
      return outside.freeze.from;
    case 'hold':
      return outside.hold.at;
  }
}

/** Says what it is, and where it came from, once it ended a watch. */
export function outsideText(outside: Outside): string {
  switch (outside.kind) {
    case 'alert': {
      const { labels, service, environment, startsAt, receiver, summary } = outside.alert;
      const about = `the alert ${nameIn(labels)} on ${service} in ${environment}`;
      const said = summary === undefined ? '' : `: ${summary}`;
      return `${about} began at ${iso(startsAt)}, after the action; it came from ${receiver}${said}`;
    }
    case 'freeze': {
      const { name, from, until } = outside.freeze;
      return `the freeze "${name}" began at ${iso(from)}, while the action was watched, and lasts until ${iso(until)}`;
    }
    case 'hold':
      return `while the action was watched, a hold came: ${describeHold(outside.hold)}`;
  }
}

const nameIn = (labels: Labels) => lookup(labels, 'alertname') ?? 'without a name';
