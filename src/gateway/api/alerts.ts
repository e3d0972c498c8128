import { createRoute, z } from '@hono/zod-openapi';
import { alertmanagerSchema } from '../../contract/alertmanager.ts';
import { zodFaultsOf } from '../../contract/json.ts';
import { type AlertPlaces, placed } from '../../domain/analysis/alerts.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { ReceivedAlert } from '../ports/alerts.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import type { Metrics } from '../ports/metrics.ts';
import { Problem } from '../ports/problem.ts';
import { answer, answers, newApi } from './common.ts';

/** The largest body with alerts, in bytes. */
export const LARGEST_ALERTS = 1024 * 1024;

const route = createRoute({
  method: 'post',
  path: '/api/alerts/{sender}',
  tags: ['operators'],
  summary: 'Take alerts in the form of Alertmanager',
  description:
    'The body is version 4 of the webhook of Alertmanager. It is signed as Standard Webhooks says, or shows a bearer token: `alerts` of countersign.yaml says which. It is kept as a whole or refused as a whole. An alert that is about no service or environment of the installation is passed over, and the answer says so.',
  request: { params: z.object({ sender: z.string().max(100) }) },
  responses: answers(
    200,
    'All of it is kept or passed over: do not send it again',
    z
      .object({
        kept: z.int().openapi({ description: 'alerts, and ends of alerts, that are new' }),
        known: z.int().openapi({ description: 'those that came before' }),
        passedOver: z.array(z.object({ fingerprint: z.string(), reason: z.string() })),
      })
      .openapi('AlertsTaken'),
  ),
});

type Posted = z.infer<typeof alertmanagerSchema>['alerts'];

/** Reads a body. @throws Problem with every fault */
function alertsIn(body: string): Posted {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Problem('malformed', 'the body is not JSON');
  }
  const parsed = alertmanagerSchema.safeParse(json);
  if (parsed.success) return parsed.data.alerts;
  throw new Problem('malformed', 'no alert is kept', { faults: zodFaultsOf(parsed.error) });
}

/** How much of a summary is kept, in characters. */
const LONGEST_SUMMARY = 300;

/** INVARIANT 12: what the sender wrote for people is cut, and shown as a text like any other of another system. */
function summaryIn(annotations: Posted[number]['annotations']): string | undefined {
  const written = lookup(annotations, 'summary') ?? lookup(annotations, 'description');
  return written?.replace(/[\0\p{Surrogate}]/gu, '\uFFFD').slice(0, LONGEST_SUMMARY);
}

function sorted(
  alerts: Posted,
  {
    sender,
    places,
    installation,
    now,
  }: { sender: string; places: AlertPlaces; installation: Installation; now: number },
) {
  const received: ReceivedAlert[] = [];
  const passedOver: { fingerprint: string; reason: string }[] = [];
  for (const { fingerprint, labels, annotations, startsAt, endsAt, status } of alerts) {
    const place = placed(places, labels, installation);
    if (place.kind === 'nowhere') {
      passedOver.push({ fingerprint, reason: place.reason });
      continue;
    }
    const { service, environment } = place;
    const summary = summaryIn(annotations);
    const ended = status === 'resolved' ? { endedAt: endsAt ?? now } : {};
    const about = { receiver: sender, fingerprint, service, environment, labels, summary };
    received.push({ ...about, startsAt, receivedAt: now, status, ...ended });
  }
  return { received, passedOver };
}

export function alertRoutes(deps: GatewayDeps, metrics: Metrics) {
  const { alerts } = deps;
  const api = newApi();

  api.openapi(route, async (c) => {
    const name = c.req.valid('param').sender;
    const sender = lookup(alerts.senders, name);
    if (!sender) throw new Problem('not-found', 'nobody sends alerts to this address');
    const body = await c.req.text();
    const reason = await sender.whyNotProved({ body, header: (header) => c.req.header(header) });
    if (reason !== undefined) throw new Problem('not-proved', reason);
    const { received, passedOver } = sorted(alertsIn(body), {
      sender: name,
      places: sender.places,
      installation: deps.installation(),
      now: deps.now(),
    });
    // The answer is sent once they are durable. Where that fails, the sender tries again.
    const kept = await alerts.store.keep(received);
    if (passedOver.length > 0) alerts.passedOver(name, [...new Set(passedOver.map(({ reason }) => reason))]);
    const known = received.length - kept;
    metrics.add('countersign_gateway_alerts', '{result="kept"}', kept);
    metrics.add('countersign_gateway_alerts', '{result="known"}', known);
    metrics.add('countersign_gateway_alerts', '{result="passedOver"}', passedOver.length);
    return answer(c, { kept, known, passedOver });
  });

  return api;
}
