/**
 * The words that the rules go by. English, in lower case. The rules compare whole words, so every form of a word is listed.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Numbers as words. */
export const NUMBER_WORDS: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  sixteen: 16,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  hundred: 100,
};

interface Unit {
  readonly family: 'time' | 'bytes' | 'share';
  /** How many milliseconds, bytes or percent it is. */
  readonly factor: number;
}

const unit = (family: Unit['family'], factor: number, names: string): [string, Unit][] =>
  [...words(names)].map((name) => [name, { family, factor }]);

/** Units by their names. */
export const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...unit('time', 1, 'ms msec millis millisecond milliseconds'),
  ...unit('time', 1_000, 's sec secs second seconds'),
  ...unit('time', 60_000, 'min mins minute minutes'),
  ...unit('time', 3_600_000, 'h hr hrs hour hours'),
  ...unit('time', 86_400_000, 'day days'),
  ...unit('bytes', 1_000, 'kb'),
  ...unit('bytes', 1_024, 'kib ki'),
  ...unit('bytes', 1_000 ** 2, 'mb megabyte megabytes'),
  ...unit('bytes', 1_024 ** 2, 'mib mi'),
  ...unit('bytes', 1_000 ** 3, 'gb gigabyte gigabytes'),
  ...unit('bytes', 1_024 ** 3, 'gib gi'),
  ...unit('share', 1, '% percent pct'),
]);

/** Parts of a parameter's name that say nothing about what it is. */
export const GENERIC_NAMES = words(`max min maximum minimum value values count counts number num amount size
  limit limits level target desired new total to setting settings config param parameter key name`);

/** Parts of an action type's name that say what is done, and not to what. */
export const TYPE_VERBS =
  words(`scale resize change set update shift deploy restart flush migrate rotate limit
  increase decrease adjust tune config`);

/** What a service runs on. An agent may name one by any other. */
export const INSTANCES = words('instance replica pod copy machine server node container vm worker');
/** What more instances give. */
export const CAPACITY = words('capacity headroom');

/** Verbs that say what the action shall do, in forms that do not tell of the past. */
export const SCALE = words(
  'scale scaling resize resizing upscale upscaling downscale downscaling rescale autoscale',
);
export const CHANGE = new Set([
  ...SCALE,
  ...words(`set setting change changing adjust adjusting bring bringing take taking move moving go going put putting
    give giving make making use using run running need needs needing require requires requiring request requesting
    propose proposing want wants keep provision provisioning update updating switch switching step stepping
    shift shifting send sending route routing ramp ramping expose exposing allow allowing`),
  ...words('scales sets changes raises increases lowers reduces doubles halves gives puts'),
  ...words(`raise raising increase increasing add adding grow growing expand expanding extend extending enlarge
    boost boosting bump bumping double doubling triple tripling`),
  ...words(`lower lowering reduce reducing decrease decreasing shrink shrinking cut cutting remove removing
    shorten shortening halve halving drop dropping trim trimming`),
]);
export const RAISE = words(`raise raises raising increase increases increasing add adds adding grow expand
  expands expanding extend extends extending enlarge enlarges enlarging boost boosting bump bumping lengthen
  doubling double tripling triple`);
export const LOWER = words(`lower lowers lowering reduce reduces reducing decrease decreases decreasing shrink
  shrinks shrinking cut cuts cutting remove removes removing shorten shortens shortening halve halves halving
  drop dropping trim trimming`);
export const ADD = words('add adds adding remove removes removing drop dropping');
/** The same as participles: they tell of the future after "be", as in "should be raised". */
export const PARTICIPLES: Readonly<Record<string, string>> = {
  scaled: 'scale',
  resized: 'resize',
  set: 'set',
  changed: 'change',
  adjusted: 'adjust',
  raised: 'raise',
  increased: 'increase',
  added: 'add',
  expanded: 'expand',
  extended: 'extend',
  doubled: 'double',
  lowered: 'lower',
  reduced: 'reduce',
  decreased: 'decrease',
  cut: 'cut',
  removed: 'remove',
  shortened: 'shorten',
  halved: 'halve',
  deployed: 'deploy',
  upgraded: 'upgrade',
  updated: 'update',
  released: 'release',
  installed: 'install',
  restarted: 'restart',
  flushed: 'flush',
};
/** Verbs that can be nouns: after one of the words of `ARTICLES` they are. */
export const ARTICLES = words('the a an own last first each every our their its no any of');

export const DEPLOY =
  words(`deploy deploying redeploy roll rolling release releasing ship shipping upgrade upgrading
  update updating promote promoting install installing go going move moving switch switching bump bumping
  revert reverting downgrade downgrading bring bringing take taking deploys rolls releases ships upgrades updates promotes
  installs moves switches brings takes`);
/** The same as nouns. */
export const OPERATIONS =
  words(`restart reboot flush deployment deploy rollout release upgrade migration scaling restarts
  update change reset`);
/** What may stand between such a verb and the version. */
export const BEFORE_VERSION =
  words(`version release build tag image of to the it service production back out up over
  now on new hotfix fix patch fixed candidate and forward directly straight from checked`);
/** What a version that is about to run does. */
export const VERSION_DOES = words(`fixes mends repairs resolves corrects brings adds removes contains includes
  introduces improves closes restores solves addresses ships`);

/** Verbs whose object is what is acted on. */
export const OPERATE = new Set([
  ...SCALE,
  ...words(`restart restarting reboot rebooting flush flushing clear clearing purge purging deploy deploying redeploy
    drain draining stop stopping upgrade upgrading migrate migrating patch patching reset resetting recycle recycling
    rollback downgrade failover`),
]);
/** What may follow the name of a service that is acted on itself. Another word makes it something of that service. */
export const AFTER_NAME =
  words(`to by up down out in from on at with now before after because and so for until while
  again during over back frees service services instances instance capacity cluster deployment replicas pods cache
  caches today tonight immediately first it`);
/** Things of a service that are not the service. */
export const OF_A_SERVICE =
  words(`item items entry entries page pages request requests call calls data team users
  user traffic prices price products product orders order conversion api errors latency`);

/** What an agent measures, and does not change. A number beside one is not that of a parameter. */
export const MEASURES =
  words(`latency latencies error errors ratio traffic load cpu request requests rps qps usage
  utilization utilisation saturation queue heap disk throughput duration orders order payments clients users customers
  shoppers visitors cost costs price prices euro dollars p50 p90 p95 p99 p999 percentile availability budget burn
  response responses age backlog lag jobs messages sessions hits misses threads memory`);

/** Words before a statement that keep it from being about what this action does. */
export const HEDGES =
  words(`if unless would could might may cannot not never without instead than rather when once
  should've compared versus vs unlike no nor neither hardly doesn't don't won't isn't can can't didn't until later
  afterwards eventually tomorrow next ever`);
/** Words that tell of the past. */
export const PAST =
  words(`was were had been did went came grew rose fell ran gave took made sent ago yesterday
  earlier previously formerly used last`);
export const STILL_ED = words(
  'need needed speed feed seed exceed proceed succeed indeed shed bed red required planned expected estimated scheduled',
);

export const NOW_WORDS = words('currently now presently today');
export const APPROXIMATELY = words(
  'about around roughly approximately exactly just only all nearly some total',
);
export const MORE = words('more additional extra further another');
export const FEWER = words('fewer less');

/** Well-known environments, by other names of them. */
export const ENVIRONMENT_NAMES: Readonly<Record<string, string>> = {
  production: 'production',
  prod: 'production',
  staging: 'staging',
  stage: 'staging',
  preprod: 'staging',
  'pre-production': 'staging',
  preproduction: 'staging',
  sandbox: 'sandbox',
  uat: 'uat',
};
/** What an environment is for. Beside "environment", such a word names one, also where the installation has none of that name. */
export const ENVIRONMENT_KINDS = words('test testing dev development qa demo integration acceptance');
/** Words of a clause that tells how something did in another environment. */
export const TELLS_OF =
  words(`ran run runs passed passes tested test tests verified verify validated checked shows show
  showed soaked soak rehearsed tried reproduced healthy looks looked looking confirmed proved worked works serves served
  measured compared same like unlike than from before after later tomorrow then once already since differs
  identical copy reproduces errors ago`);
export const NEEDS = words('needs need requires require must should lacks affects affect concerns only just');

export const BUSINESS =
  words(`payment payments order orders transaction transactions card cards refund refunds
  loan loans claim claims rate share invoice invoices purchase purchases application applications user users`);
/** People that an agent may name without a name. */
export const ROLES =
  words(`cab board management manager managers team lead leads cto ceo cio cfo director boss owner
  owners on-call oncall security sre sres legal compliance head engineer engineers reviewer reviewers approver
  approvers colleague colleagues everyone everybody people they he she stakeholders product operations ops dba`);
export const APPROVED =
  words(`approved agreed okayed ok'd oked authorised authorized sanctioned greenlit green-lit
  greenlighted consented signed-off approves agrees`);
/** They are an approval only of the action: "security confirmed the leak" is none. */
export const CONFIRMED = words('confirmed accepted allowed cleared permitted requested ordered');
export const THE_ACTION =
  words(`change rollout deploy deployment release request action plan migration restart flush
  scaling rollback update upgrade it this everything proposal step`);
export const CONSENT = words(`approval permission go-ahead goahead sign-off signoff blessing ok okay consent
  authorization authorisation clearance`);
/** Words before a claim that make it a wish, a condition or a question. */
export const NOT_YET =
  words(`if once when until unless before after must needs need should will would can could
  cannot may might not without pending awaiting awaits await waits wait waiting requires require asks ask asking
  never nobody seek seeking get to please whether`);

/** What evidence is measured: it ages. A build, a plan or an import does not. */
export const AGES =
  words(`latency error errors error-ratio error-rate latency-p95 cpu memory heap disk queue load traffic
  rps qps requests utilization utilisation saturation throughput connections pool p50 p90 p95 p99 usage instances
  replicas timeouts failures backlog lag burn budget`);
export const DOES_NOT_AGE =
  words(`build builds tests test pipeline ci commit merged announcement announced release
  advisory cve changelog import campaign incident ticket postmortem experiment benchmark load-test soak runbook
  contract plan calendar forecast model prediction history`);
/** Before a time, they make it one that is only compared with, or the beginning of a span. */
export const COMPARES = words(`than vs versus with as like usually before after hour between until every`);
export const WEEKDAYS = words('monday tuesday wednesday thursday friday saturday sunday night');
export const RIGHT_NOW = words('now currently presently');

/** Words that measure the same. */
export const SAME_MEASURE: Readonly<Record<string, string>> = {
  error: 'error',
  failure: 'error',
  fail: 'error',
  failed: 'error',
  '5xx': 'error',
  '500': 'error',
  latency: 'latency',
  slow: 'latency',
  fast: 'latency',
  duration: 'latency',
  p50: 'latency',
  p90: 'latency',
  p95: 'latency',
  p99: 'latency',
};
/** Words that many names of metrics share. */
export const NOT_A_MEASURE =
  words(`ratio rate total count per the of a an in is seconds second ms percent number
  service and or to by for with below above under over stays stay than not no`);

/** Words of a text that knows of an incident. */
export const TROUBLE =
  words(`incident incidents outage degraded emergency mitigation mitigate sev sev1 sev2 sev-1 sev-2 alert alerts paged
  broken unavailable`);

/** Factors by their words. */
export const FACTORS: Readonly<Record<string, number>> = {
  twice: 2,
  double: 2,
  doubles: 2,
  doubling: 2,
  triple: 3,
  triples: 3,
  tripling: 3,
  quadruple: 4,
  tenfold: 10,
  halve: 0.5,
  halves: 0.5,
  halving: 0.5,
};
export const PARTS: Readonly<Record<string, number>> = {
  quarter: 0.25,
  third: 1 / 3,
  fifth: 0.2,
  tenth: 0.1,
};
/** "Target: 5 instances". */
export const GOALS = words('target goal desired new');
export const BEFORE_VALUE = words('to on with at =');
export const AFTER_VALUE =
  words(`for so before and in during now again by at on until to as from within while today
  tonight or keeps takes gives lets makes helps brings covers leaves`);
