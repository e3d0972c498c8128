import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import type { Channel, Message, SendResult } from '../../activities/ports/channels.ts';
import type { Pages } from '../../briefing/pages.ts';
import { oneLine, safeId, sha256Hex } from '../../briefing/text.ts';
import { asks, mayDecide } from '../../briefing/wording.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { hide } from '../hide.ts';
import { renderMail } from './render.ts';

export interface MailerOptions {
  /** Either `smtps://user:password@host:port`, or `smtp://` with STARTTLS where the server offers it. */
  readonly smtpUrl: string;
  /** One address, the sender of every mail. */
  readonly from: string;
  readonly people: Installation['people'];
}

export interface MailOptions extends MailerOptions {
  readonly uiUrl?: string | undefined;
  readonly gatewayUrl?: string | undefined;
}

interface Recipient {
  readonly person: string;
  readonly address: string;
}

/** The patience of the channel. The activity gives a message 30 s, so the channel must answer before. */
const PATIENCE_MS = 25_000;

/**
 * Mail over SMTP (RFC 5321). One transaction covers all recipients of a message: the server takes the message for all whom it
 * accepts, or for nobody.
 *
 * A person never gets the same mail twice, as far as SMTP allows. Once the server took a message for anybody, the answer is
 * `delivered`, and names those whom the server did not accept, even if only for now (4xx): a repeat would mail everybody else
 * again. The escalation route goes on for those who were left out. Only a connection that is lost between the message and the
 * server's answer leaves a doubt. The repeat then has the same Message-ID, by which mailboxes recognise it.
 *
 * @throws TypeError when `from` is not one address
 */
export function createMail({ smtpUrl, from, people, ...pages }: MailOptions): Channel {
  const mailer = createMailer({ smtpUrl, from, people });
  const sendTo = (message: Message, names: readonly string[], signal: AbortSignal) => {
    const { workflowId, runId, step } = message;
    return mailer(
      names,
      `${workflowId}/${runId}/${step}`,
      (persons, idOf) => compose(message, persons, idOf, pages),
      signal,
    );
  };
  return {
    send: async (message, names) => {
      // Those who may decide come first: each mail is worded for what its readers may do.
      const mailedPeople = addressed(people, names).recipients.map(({ person }) => person);
      const deciders = mailedPeople.filter((person) => !asks(message) || mayDecide(message, person));
      const informedPeople = mailedPeople.filter((person) => !deciders.includes(person));
      const [first = [], ...otherGroups] = [deciders, informedPeople].filter((group) => group.length > 0);
      const unreached = names.filter((name) => !mailedPeople.includes(name));
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await sendTo(message, [...first, ...unreached], signal);
      if (answer.kind !== 'delivered') return answer;
      const details = [answer.detail];
      for (const group of otherGroups) {
        const result = await sendTo({ ...message, step: `${message.step}/told` }, group, signal);
        details.push(result.kind === 'delivered' ? result.detail : notTold(group, result.reason));
      }
      return { kind: 'delivered', detail: details.join('; ') };
    },
  };
}

/** The content of a mail, without its addresses. */
type Content = Pick<
  SendMailOptions,
  'subject' | 'text' | 'html' | 'attachments' | 'headers' | 'inReplyTo' | 'references'
>;

/**
 * Sends mails to people by name. The same `name` is the same mail: the Message-ID is derived from it.
 *
 * @throws TypeError when `from` is not one address
 */
export function createMailer({ smtpUrl, from, people }: MailerOptions) {
  if (!isAddress(from)) {
    throw new TypeError(
      `${JSON.stringify(from)} cannot send mail: give one address such as countersign@example.com`,
    );
  }
  // The server's words are reported, and a server may repeat what it was sent.
  const hideSecrets: Said = (text, limit) => oneLine(hide(text, secretsIn(smtpUrl)), limit);
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  const domain = from.split('@')[1] ?? '';
  const idOf = (name: string) => `<${sha256Hex(name).slice(0, 32)}@${domain}>`;

  return async (
    names: readonly string[],
    name: string,
    write: (persons: readonly string[], idOf: (name: string) => string) => Content,
    signal = AbortSignal.timeout(PATIENCE_MS),
  ): Promise<SendResult> => {
    const { recipients, leftOut } = addressed(people, names);
    if (recipients.length === 0)
      return { kind: 'refused', reason: ['nobody can be mailed', ...leftOut].join('; ') };
    try {
      const addresses = recipients.map(({ address }) => address);
      const content = write(
        recipients.map(({ person }) => person),
        idOf,
      );
      const { rejectedErrors } = await transport.sendMail({
        ...content,
        from: { name: 'Countersign', address: from },
        to: addresses,
        envelope: { from, to: addresses },
        messageId: idOf(name),
        signal,
      });
      return deliveryOf(recipients, leftOut, rejectedErrors ?? [], hideSecrets);
    } catch (error) {
      return failureOf(error, leftOut, hideSecrets);
    }
  };
}

/** The note about people who got no mail. A repeat would mail everybody else a second time. */
const notTold = (persons: readonly string[], reason: string) => `not for ${persons.join(', ')}: ${reason}`;

type Said = (text: string, limit: number) => string;

/** The password in plain, and as AUTH LOGIN and AUTH PLAIN (RFC 4616) carry it. */
function secretsIn(smtpUrl: string): string[] {
  const { username, password } = new URL(smtpUrl);
  if (password === '') return [];
  const [user, secret] = [decoded(username), decoded(password)];
  return [secret, ...[`\0${user}\0${secret}`, secret].map((text) => Buffer.from(text).toString('base64'))];
}

/** Decodes percent-encoding as nodemailer does: malformed encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The recipients, and those who have no usable address. INVARIANT 12: addresses come from the catalog, by person's name; nothing in
 * a message can add or change one.
 */
function addressed(people: Installation['people'], names: readonly string[]) {
  const recipients: Recipient[] = [];
  const leftOut: string[] = [];
  for (const name of new Set(names)) {
    const person = lookup(people, name);
    if (!person) leftOut.push(`${oneLine(name, 100)} is not in the catalog`);
    else if (!isAddress(person.email))
      leftOut.push(`${oneLine(name, 100)} has no usable address in the catalog`);
    else recipients.push({ person: name, address: person.email });
  }
  return { recipients, leftOut };
}

/** Whether this is one plain ASCII address (a subset of RFC 5321's): nothing quoted or encoded, no comment, group, route or literal. */
function isAddress(address: string): boolean {
  if (address.length > 254) return false;
  const [local = '', domain = '', ...moreParts] = address.split('@');
  const isLocal = local.length <= 64 && /^[\w!#$%&'*+/=^`{|}~-]+(\.[\w!#$%&'*+/=^`{|}~-]+)*$/.test(local);
  const isDomain = domain
    .split('.')
    .every((part) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(part));
  return moreParts.length === 0 && isLocal && isDomain;
}

function compose(
  message: Message,
  persons: readonly string[],
  idOf: (name: string) => string,
  pages: Pages,
): Content {
  const { action } = message;
  // No mail has the root's id. All mails about an action refer to that root, in whichever order they arrive.
  const root = idOf(action.id);
  return {
    ...renderMail(message, persons, pages),
    inReplyTo: root,
    references: root,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Countersign-Action': safeId(action.id) },
  };
}

function deliveryOf(
  recipients: readonly Recipient[],
  leftOut: readonly string[],
  errors: readonly NodemailerError[],
  hideSecrets: Said,
): SendResult {
  const answers = new Map(errors.map(({ recipient, response }) => [recipient?.toLowerCase(), response]));
  const answerTo = ({ address }: Recipient) => answers.get(address.toLowerCase());
  const accepted = recipients.filter((recipient) => answerTo(recipient) === undefined);
  const refusedRecipients = recipients.filter((recipient) => answerTo(recipient) !== undefined);
  const detail = [
    `the mail server took it for ${accepted.map(({ person }) => person).join(', ')}`,
    ...refusedRecipients.map(
      (recipient) => `not for ${recipient.person}: ${hideSecrets(answerTo(recipient) ?? '', 200)}`,
    ),
    ...leftOut,
  ];
  return { kind: 'delivered', detail: detail.join('; ') };
}

/**
 * The result of a failed sending. A server that is down, slow, busy or wrongly set up may recover; only its 5xx about this message
 * is final.
 */
function failureOf(error: unknown, leftOut: readonly string[], hideSecrets: Said): SendResult {
  const { code, message, permanent }: NodemailerError =
    error instanceof Error ? error : new Error(String(error));
  // An error without a code comes from writing the mail, not from sending it.
  const isFinal =
    code === undefined || ((code === 'EENVELOPE' || code === 'EMESSAGE') && permanent !== false);
  return {
    kind: isFinal ? 'refused' : 'unavailable',
    reason: [hideSecrets(message, 300), ...leftOut].join('; '),
  };
}
