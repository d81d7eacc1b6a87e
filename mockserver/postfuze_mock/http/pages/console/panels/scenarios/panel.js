// Scenarios of an account, of connecting and of the whole service.
import {field, select} from "../../actions.js";
import {firstOf, get, linkTo, Refusal} from "../../api.js";
import {card, contentKey, emptyNote, panel} from "../../blocks.js";
import {scenarioList} from "./list.js";
import {nameOf} from "../accounts/account.js";
import {ABOUT_PROBES, ofAccount, ofConnecting, ofService, placeholders} from "./scenarios.js";
import {el} from "../../../shared/dom.js";

const ABOUT =
  "What may happen to your integration in production, from beginning to end. Run one by its button, or put its " +
  "script into a test. Undo brings the world back.";
const MAX_CHOICES = 50;
const MAX_ASKED = 10; // accounts, for one that is checked live

export function scenariosPanel() {
  const picker = accountPicker();
  const none = emptyNote("This world has no account. Make one in Accounts.");
  const accountScenarios = scenarioList(ofAccount(), () => placeholders(picker.account()));
  const without = () => placeholders(null);
  const cards = el(
    "div",
    {class: "cards wide"},
    card("An account", picker.node, none, accountScenarios, el("p", {class: "hint"}, ABOUT_PROBES)),
    el(
      "div",
      {},
      card("Connecting", scenarioList(ofConnecting(), without)),
      card("The whole service", scenarioList(ofService(), without)),
    ),
  );
  const {node} = panel("Scenarios", ABOUT, cards);
  const update = async () => {
    await picker.update();
    none.hidden = picker.account() !== null;
    picker.node.hidden = accountScenarios.hidden = picker.account() === null;
  };
  return {node, update, open: ([id]) => picker.choose(id)};
}

// The choice among the newest accounts, and the one that the address names.
function accountPicker() {
  let [accounts, wanted, shown] = [[], null, ""];
  const {node, control} = field("Account", select([]));
  control.addEventListener("change", () => (location.hash = linkTo("scenarios", control.value)));
  const account = () => accounts.find(({id}) => id === control.value) ?? null;

  async function update() {
    const {entries} = await firstOf("/accounts", [], MAX_CHOICES);
    const isListed = wanted === null || entries.some(({id}) => id === wanted);
    accounts = isListed ? entries : [...(await found(wanted)), ...entries];
    const labels = accounts.map((each) => [each.id, labelOf(each)]);
    if (shown !== contentKey(labels)) await show(labels);
  }

  async function show(labels) {
    const isKept = labels.some(([id]) => id === control.value);
    const kept = isKept ? control.value : await checkedLive(accounts);
    const value = wanted ?? kept;
    control.replaceChildren(...labels.map(([id, label]) => el("option", {value: id}, label)));
    shown = contentKey(labels);
    if (labels.some(([id]) => id === value)) control.value = value;
  }

  function choose(id) {
    wanted = id ?? null;
    if (accounts.some((each) => each.id === wanted)) control.value = wanted;
  }

  return {node, account, update, choose};
}

// The id of the first of the `accounts` whose health is checked live now, as most scenarios need it; null if there is none
// among the first few.
async function checkedLive(accounts) {
  for (const {id} of accounts.slice(0, MAX_ASKED)) {
    const {data} = await get(`/accounts/${id}/answers`);
    if (data.some(({body}) => body?.checked_live)) return id;
  }
  return null;
}

// The account `id`, if it exists and is connected.
async function found(id) {
  try {
    const account = await get(`/accounts/${id}`);
    return account.deleted ? [] : [account];
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

const labelOf = (account) => [nameOf(account), account.platform, account.status].join(" · ");
