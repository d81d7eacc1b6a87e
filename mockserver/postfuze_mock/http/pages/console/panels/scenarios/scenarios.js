// Scenarios: what may happen to an integration in production, each from beginning to end as calls. Its button, its
// curl and its Python come from the same steps.
import {timeFromNow} from "../../live.js";

const MINUTE = 60_000;
const HEALTH = {method: "GET", path: "/social-accounts/{id}/health", api: true};
const GET = {method: "GET", path: "/social-accounts/{id}", api: true};
const METRICS = {method: "GET", path: "/social-accounts/{id}/metrics", api: true};
const LIST = {method: "GET", path: "/social-accounts", api: true};
const PENDING = {method: "GET", path: "/social-accounts/pending/{token}", api: true};
const WORKING = {platform: "reachable", identity: "ok", refresh: "ok"};
const PAGES = [
  {id: "101", name: "Acme Storefront"},
  {id: "102", name: "Acme Outlet"},
];
const SAME_PAGE = {id: "{page}", name: "{name}", username: "{username}"};

const account = (fields) => ({method: "PATCH", path: "/accounts/{id}", body: {status: "active", ...fields}});
const behaving = (behaviour, token_expires_at = "{later}") =>
  account({token_expires_at, behaviour: {...WORKING, ...behaviour}});
const session = (body) => ({
  method: "POST",
  path: "/sessions",
  body: {network: "facebook", pages: PAGES, ...body},
  saves: {token: "session_token"},
});
const finalize = (...selectedPageIds) => ({
  method: "POST",
  path: "/social-accounts/pending/{token}/finalize",
  api: true,
  body: {selectedPageIds},
});
const faultOnce = (body) => ({method: "POST", path: "/faults", body: {...body, times: 1}});

// Each has `steps`: calls of the control API, or of the API (`api`). A name in braces stands for a value: of
// `placeholders`, or one that an earlier step `saves` from its answer. `happens` says what the steps do, `expect`
// what the integration meets.
export const SCENARIOS = [
  {
    id: "refresh-fails",
    title: "Token expires and the refresh fails",
    happens: "The token has expired, and the platform does not renew it. A health check finds out.",
    expect:
      "Health answers healthy: false with error_code token_expired. The status is token_expired from then on, and " +
      "account.token_expired arrives, once.",
    steps: [behaving({refresh: "fails"}, "{past}"), HEALTH],
  },
  {
    id: "customer-revokes",
    title: "Customer revokes access",
    happens: "The customer removes your app at the platform. The next refresh of the token finds out.",
    expect:
      "Health answers error_code token_expired; account.token_expired, account.reauth_required and " +
      "account.disconnected arrive. Ask the customer to connect again.",
    steps: [behaving({refresh: "revoked"}, "{past}"), HEALTH],
  },
  {
    id: "refresh-works",
    title: "Token is about to expire, and is refreshed",
    happens: "The token expires in five minutes. A health check renews it in time.",
    expect: "Health answers healthy: true, with a later token_expires_at. No event arrives: there is nothing to do.",
    steps: [behaving({}, "{soon}"), HEALTH],
  },
  {
    id: "token-refused",
    title: "Platform refuses the token",
    happens: "The token looks fine, but the platform does not accept it.",
    expect: "Health answers healthy: false with error_code unauthorized; the status stays active. No event arrives.",
    steps: [behaving({identity: "unauthorized"}), HEALTH],
  },
  {
    id: "platform-down",
    title: "Platform is down",
    happens: "The platform of this account cannot be reached.",
    expect: "Metrics come from the latest snapshot (source: snapshot). Health answers checked_live: false.",
    steps: [behaving({platform: "unreachable"}), METRICS, HEALTH],
  },
  {
    id: "unknown-status",
    title: "Status that the documents do not name",
    happens: "The list of statuses is open, and one day there is a new one.",
    expect: "The status is under_review, and health answers it as error_code. Your code should not break.",
    steps: [account({status: "under_review"}), GET, HEALTH],
  },
  {
    id: "disconnected",
    title: "Account is disconnected while you list",
    happens: "You have listed the account, and then somebody disconnects it.",
    expect: "What you do with it next answers 404, and account.disconnected arrives.",
    steps: [LIST, {method: "DELETE", path: "/accounts/{id}"}, GET],
  },
  {
    id: "reconnects",
    title: "Customer connects the account again",
    happens: "The grant is lost. The customer goes through the connect flow again and selects the same page.",
    expect: "The account keeps its id and is active again; account.connected arrives.",
    steps: [
      account({status: "token_expired"}),
      session({network: "{platform}", tenant_id: "{tenant}", pages: [SAME_PAGE, PAGES[0]]}),
      finalize("{page}"),
    ],
  },
  {
    id: "finalize-late",
    connect: true,
    title: "Finalize late",
    happens: "The customer takes longer than the session lives: its pages were listed, then a minute passes.",
    expect: "Finalizing answers 404, and nothing is connected. Send the customer through the flow again.",
    steps: [
      session({expires_in: 60}),
      PENDING,
      {method: "POST", path: "/clock/advance", body: {seconds: 60}},
      finalize("101"),
    ],
  },
  {
    id: "finalize-twice",
    connect: true,
    title: "Finalize twice",
    happens: "The form is sent twice, or your job is retried.",
    expect: "The first call connects the page and uses the session up; the second answers 404.",
    steps: [session(), finalize("101"), finalize("101")],
  },
  {
    id: "page-not-offered",
    connect: true,
    title: "Page that was not offered",
    happens: "Your backend selects a page that is not in the session.",
    expect: "Finalizing answers 422, and the session stays: the right page can still be selected.",
    steps: [session(), finalize("999"), finalize("102")],
  },
  {
    id: "rate-limited",
    service: true,
    title: "Rate limit is used up",
    happens: "The next call is one too many.",
    expect: "The call answers 429 with Retry-After; the same call later answers 200.",
    steps: [faultOnce({preset: "rate_limited"}), LIST, LIST],
  },
  {
    id: "service-down",
    service: true,
    title: "Service is down for a moment",
    happens: "The next call finds the service down.",
    expect: "The call answers 503 with Retry-After; a retry answers 200.",
    steps: [faultOnce({preset: "service_down"}), LIST, LIST],
  },
  {
    id: "slow",
    service: true,
    title: "Answer takes two seconds",
    happens: "The next list is slow.",
    expect: "The call answers 200 after two seconds, unless your client gives up before.",
    steps: [faultOnce({operation: "listSocialAccounts", effect: {delay_ms: 2000}}), LIST],
  },
];

export const ABOUT_PROBES =
  "Refreshing and refusing a token need a live probe (checked_live). Where a platform has none, health goes by status " +
  "and expiry alone, and no event comes.";

export const ofAccount = () => SCENARIOS.filter(({connect, service}) => !connect && !service);
export const ofConnecting = () => SCENARIOS.filter(({connect}) => connect);
export const ofService = () => SCENARIOS.filter(({service}) => service);

// What the names in braces stand for, for scenarios of `account` (null: of none).
export function placeholders(account) {
  const times = {past: timeFromNow(-MINUTE), soon: timeFromNow(5 * MINUTE), later: timeFromNow(24 * 60 * MINUTE)};
  if (account === null) return times;
  const {id, platform, network_unique_id: page, display_name, username, tenant_id: tenant} = account;
  return {...times, id, platform, page, name: display_name ?? "Acme Inc.", username, tenant};
}
