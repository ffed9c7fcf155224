// Shows the account and looks again every second. All text is set as text: nothing of it is markup.

const EVERY_MILLIS = 1000;
const $ = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");

let last = ""; // the state that is shown, as it came
let state = null;
let paused = false;

// --- building ---

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

// Anybody's text: it runs in its own direction and moves nothing around it.
function theirs(text, attributes) {
  return el("bdi", attributes, String(text));
}

// A cell of a row that is a grid on a phone.
function cell(attributes, ...children) {
  return el("td", { role: "cell", ...attributes }, ...children);
}

// Makes the children of a node show these items. What has not changed stays as it is, and with it
// the reader's focus, selection and open details.
function show(parent, items, key, build) {
  const before = new Map([...parent.children].map((node) => [node.itemKey, node]));
  items.forEach((item, place) => {
    const itemKey = String(key(item));
    const text = JSON.stringify(item);
    let node = before.get(itemKey);
    before.delete(itemKey);
    if (!node || node.itemText !== text) {
      const fresh = build(item);
      Object.assign(fresh, { itemKey, itemText: text });
      if (node) {
        replace(node, fresh);
      }
      node = fresh;
    }
    if (parent.children[place] !== node) {
      parent.insertBefore(node, parent.children[place] ?? null);
    }
  });
  before.forEach((node) => node.remove());
}

function replace(node, fresh) {
  const reachable = "button, summary";
  const focused = [...node.querySelectorAll(reachable)].indexOf(document.activeElement);
  const open = [...node.querySelectorAll("details")].map((details) => details.open);
  node.replaceWith(fresh);
  [...fresh.querySelectorAll("details")].forEach((details, i) => (details.open = open[i] ?? false));
  if (focused >= 0) {
    fresh.querySelectorAll(reachable)[focused]?.focus();
  }
}

function moment(timestamp) {
  const time = new Date(timestamp);
  const clock = time.toLocaleTimeString("en-GB") + "." + String(time.getMilliseconds()).padStart(3, "0");
  return el("time", { datetime: timestamp, title: timestamp }, clock);
}

function duration(millis) {
  if (millis >= 3600000) {
    return `${number(Math.round(millis / 360000) / 10)} h`;
  }
  if (millis >= 60000) {
    return `${number(Math.round(millis / 6000) / 10)} min`;
  }
  return millis >= 1000 ? `${number(Math.round(millis / 100) / 10)} s` : `${millis} ms`;
}

function size(bytes) {
  if (bytes >= 1000000) {
    return `${(bytes / 1000000).toFixed(1)} MB`;
  }
  return bytes >= 1000 ? `${(bytes / 1000).toFixed(1)} kB` : `${bytes} bytes`;
}

function plural(count, one, many) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

// --- the parts of the page ---

function showSettings() {
  $("settings").textContent = [
    `Revision ${state.revision}`,
    state.quotaCounted ? "quotas counted" : "quotas off",
    `jobs take ${duration(state.jobMillis)}`,
    state.latencyMillis > 0 ? `answers take ${duration(state.latencyMillis)}` : null,
  ].filter(Boolean).join(" · ");
}

function showTotals() {
  const { rateLimited, rateLimitedByScript: scripted } = state.requests;
  const totals = [
    ["Profiles", state.profiles],
    ["Lists", state.lists.total],
    ["Import jobs", state.jobs.total, state.jobs.unfinished > 0 ? `${number(state.jobs.unfinished)} under way` : ""],
    ["Requests", state.requests.total],
    ["Rate-limited (429)", rateLimited, scripted > 0 ? `${number(scripted)} scripted` : ""],
  ];
  show($("totals"), totals, (total) => total[0], ([name, value, note]) =>
    el("div", null, el("dt", null, name), el("dd", null, number(value), note ? el("small", null, ` ${note}`) : "")));
}

const isFailed = (request) => request.status === 0 || request.status >= 400;

function kindOf(request) {
  return request.status === 429 ? "warn" : isFailed(request) ? "bad" : "";
}

function statusChip(request) {
  const status = request.status;
  return el("span", { class: `chip ${kindOf(request)}` }, status === 0 ? "dropped" : String(status));
}

function requestRow(request) {
  const errors = request.first.map((error) =>
    el("li", null, error.where && request.status !== 429 ? theirs(error.where, { class: "mono" }) : "", theirs(error.detail)));
  if (request.errors > errors.length) {
    errors.push(el("li", null, `and ${plural(request.errors - errors.length, "more error", "more errors")}`));
  }
  const about = [
    request.operation ?? "no operation of the fake",
    request.bytes > 0 ? size(request.bytes) : null,
    request.fault ? `scripted: ${request.fault}` : null,
  ].filter(Boolean).join(" · ");
  return el("tr", { role: "row" },
    cell({ class: "at" }, moment(request.at), el("div", { class: "quiet" }, `#${number(request.number)}`)),
    cell({ class: "end" }, statusChip(request)),
    cell({ class: "whole" },
      el("div", { class: "mono" }, `${request.method} `, theirs(request.path),
        request.query ? el("span", { class: "quiet" }, "?", theirs(readable(request.query))) : ""),
      el("div", { class: "quiet" }, about),
      errors.length > 0 ? el("ul", { class: `errors ${kindOf(request)}` }, ...errors) : ""));
}

function readable(query) {
  try {
    return decodeURIComponent(query.replaceAll("+", " "));
  } catch {
    return query;
  }
}

function showRequests() {
  const only = $("failed-only").checked;
  const shown = state.requests.recent.filter((request) => !only || isFailed(request));
  show($("request-rows"), shown, (request) => request.number, requestRow);
  $("no-requests").hidden = $("try").hidden = state.requests.total > 0;
  $("none-failed").hidden = state.requests.total === 0 || shown.length > 0;
  $("try").textContent = `curl ${location.origin}/api/lists \\\n`
    + `  -H "Authorization: Klaviyo-API-Key $KLAVIYO_API_KEY" \\\n  -H "revision: ${state.revision}"`;
}

function meter(window) {
  const unit = { 1: "this second", 60: "this minute", 86400: "this day" }[window.seconds] ?? `in ${window.seconds} s`;
  const track = el("div", {
    class: "track", role: "meter", "aria-label": unit,
    "aria-valuemin": 0, "aria-valuemax": window.limit, "aria-valuenow": window.used,
  }, el("u"), el("i"));
  track.children[0].style.width = `${100 * window.most / window.limit}%`;
  track.children[1].style.width = `${100 * window.used / window.limit}%`;
  const next = window.seconds > 1 && window.used > 0 ? ` · starts anew in ${duration(Math.ceil(window.endsInMillis / 1000) * 1000)}` : "";
  return el("div", { class: window.used >= window.limit ? "meter full" : "meter" },
    el("p", null,
      el("span", null, el("b", null, `${number(window.used)} of ${number(window.limit)}`), ` ${unit}${next}`),
      el("span", null, `peak ${number(window.most)}`)),
    track);
}

function showQuotas() {
  const touched = state.quotas.filter((quota) => quota.touched);
  show($("quota-rows"), touched, (quota) => quota.name, (quota) =>
    el("li", null,
      el("div", { class: "mono" }, quota.name),
      ...quota.windows.map(meter),
      quota.refused > 0
        ? el("p", { class: "quiet" }, el("span", { class: "chip warn" }, "429"), ` ${plural(quota.refused, "call was", "calls were")} turned away`)
        : ""));
  $("quota-note").textContent = state.quotaCounted
    ? "Nothing has drawn from a quota yet." : "The fake was started without quotas.";
  $("quota-note").hidden = touched.length > 0;
}

function jobRow(job) {
  const kind = { complete: job.failed > 0 ? "warn" : "", cancelled: "bad" }[job.status] ?? "calm";
  const progress = el("span", { class: "progress" }, el("i"));
  progress.firstChild.style.width = `${100 * job.completed / Math.max(1, job.total)}%`;
  const errors = job.errors.map((error) =>
    el("li", null, theirs(error.profile ?? error.code, { class: "mono" }), `${error.detail} (${error.code})`));
  const lists = job.lists.flatMap((id, place) => [place > 0 ? ", " : "", theirs(listName(id))]);
  return el("tr", { role: "row" },
    cell(null, moment(job.created), el("div", { class: "quiet mono wide" }, job.id)),
    cell({ class: "end" }, el("span", { class: `chip ${kind}` }, job.status), job.ended ? "" : progress),
    cell({ class: "number", "data-label": "Profiles" }, `${number(job.completed)} of ${number(job.total)}`),
    cell({ class: errors.length === 0 ? "number end" : "number whole", "data-label": "Failed" },
      errors.length === 0 ? "0" : el("details", null,
        el("summary", null, number(job.failed)),
        el("ul", { class: "errors" }, ...errors,
          job.failed > errors.length ? el("li", null, `and ${number(job.failed - errors.length)} more`) : ""))),
    cell({ class: "whole", "data-label": "Lists" }, ...lists));
}

function listName(id) {
  return state.lists.first.find((list) => list.id === id)?.name ?? id;
}

function showJobs() {
  show($("job-rows"), state.jobs.recent, (job) => job.number, jobRow);
  $("no-jobs").hidden = state.jobs.total > 0;
}

function showLists() {
  const chosen = chosenList();
  const items = state.lists.first.map((list) => ({ ...list, chosen: list.id === chosen }));
  show($("list-rows"), items, (list) => list.id, (list) => {
    const choose = el("button", { type: "button", class: "link" }, theirs(list.name));
    choose.addEventListener("click", () => go({ list: list.id }));
    return el("tr", { "aria-current": list.chosen ? "true" : null },
      el("td", null, choose, el("div", { class: "quiet mono" }, list.id)),
      el("td", { class: "number" }, number(list.members)));
  });
  const hidden = state.lists.total - state.lists.first.length;
  $("more-lists").hidden = hidden === 0;
  $("more-lists").textContent = `and ${number(hidden)} more, which are not shown`;
}

// --- what the address says after its #: account, list, before, email, profile ---

const asked = () => new URLSearchParams(location.hash.slice(1));
const chosenList = () => asked().get("list") ?? state.lists.first[0]?.id;

function go(changes) {
  location.hash = new URLSearchParams(
    Object.entries({ account: asked().get("account"), ...changes }).filter(([, value]) => value !== null && value !== undefined && value !== ""));
}

// What the page asks for, of the account that is chosen.
function ofAccount(parameters) {
  const account = asked().get("account");
  return new URLSearchParams(account ? { account, ...parameters } : parameters);
}

function showAccounts() {
  $("accounts").hidden = state.accounts.length < 2;
  const items = state.accounts.map((id) => ({ id, chosen: id === state.account }));
  show($("accounts"), items, (account) => account.id, (account) => {
    const choose = el("button", { type: "button", "aria-pressed": String(account.chosen) }, account.id);
    choose.addEventListener("click", () => go({ account: account.id }));
    return choose;
  });
}

async function showMembers() {
  const list = chosenList();
  const wanted = asked();
  const query = ofAccount({ list: list ?? "" });
  ["before", "email"].filter((name) => wanted.has(name)).forEach((name) => query.set(name, wanted.get(name)));
  const answer = await fetch(`/fake/members?${query}`);
  const none = $("no-members");
  if (!answer.ok) {
    show($("member-rows"), [], null, null);
    $("members-title").replaceChildren("Members");
    none.textContent = list ? await answer.text() : "There is no list.";
    none.hidden = false;
    $("pages").hidden = true;
    return;
  }
  const found = await answer.json();
  $("members-title").replaceChildren("Members of ", theirs(found.name));
  show($("member-rows"), found.members, (member) => member.id, memberRow);
  none.hidden = found.members.length > 0;
  none.textContent = wanted.has("email") ? "No member has this email address." : "No members here.";
  $("pages").hidden = found.total === 0;
  $("member-count").textContent = found.members.length < found.total
    ? `${number(found.members.length)} of ${number(found.total)} shown` : plural(found.total, "member", "members");
  $("newest").disabled = !wanted.has("before") && !wanted.has("email");
  $("older").disabled = found.before === null;
  $("older").onclick = () => go({ list, before: found.before });
}

function memberRow(member) {
  const open = el("button", { type: "button", class: "link" },
    theirs(member.email ?? member.phone_number ?? member.external_id ?? member.id));
  open.addEventListener("click", () => go({ ...Object.fromEntries(asked()), list: chosenList(), profile: member.id }));
  return el("tr", { role: "row" },
    cell({ class: "whole" }, open),
    cell({ class: "whole" }, theirs([member.first_name, member.last_name].filter(Boolean).join(" "))),
    cell(null, ...consentChips(member)),
    cell({ class: "wide mono" }, theirs(member.external_id ?? "")),
    cell({ class: "wide mono" }, theirs(member.phone_number ?? "")),
    cell({ class: "end" }, moment(member.joined)));
}

const words = (constant) => constant.toLowerCase().replaceAll("_", " ");

function consentChips(member) {
  const kind = { SUBSCRIBED: "", UNSUBSCRIBED: "bad" }[member.email_consent] ?? "calm";
  return [
    el("span", { class: `chip ${kind}` }, words(member.email_consent)),
    member.suppressions.length > 0
      ? el("span", { class: "chip warn", title: member.suppressions.map(words).join(", ") }, "suppressed") : "",
  ];
}

async function showProfile() {
  const id = asked().get("profile");
  const dialog = $("profile");
  if (!id) {
    dialog.close();
    return;
  }
  const answer = await fetch(`/fake/profile?${ofAccount({ id })}`);
  const profile = answer.ok ? await answer.json() : null;
  const { location: place = {}, properties = {}, ...fields } = profile?.attributes ?? {};
  $("profile-title").replaceChildren(theirs(profile ? fields.email ?? id : await answer.text()));
  const rows = profile === null ? [] : [
    ["id", profile.id],
    ...Object.entries(fields),
    ["consent · email", words(profile.email_consent)],
    ["consent · text messages", words(profile.sms_consent)],
    ["suppressed", profile.suppressions.length > 0 ? profile.suppressions.map(words).join(", ") : "no"],
    ...Object.entries(place).map(([name, value]) => ["location", value, name]),
    ...Object.entries(properties).map(([name, value]) => ["properties", value, name]),
    ...profile.lists.map((list) => ["list", `since ${list.joined}`, `${list.name} (${list.id})`]),
    ["created", profile.created],
    ["updated", profile.updated],
  ];
  show($("profile-rows"), rows, ([name, , part]) => `${name} ${part ?? ""}`, ([name, value, part]) =>
    el("tr", null,
      el("th", { scope: "row" }, part === undefined ? name : `${name} · `, part === undefined ? "" : theirs(part)),
      el("td", { class: "mono" }, theirs(typeof value === "string" ? value : JSON.stringify(value, null, 1)))));
  if (!dialog.open) {
    dialog.showModal();
  }
}

// --- looking again ---

function connection(text, kind) {
  if ($("live").textContent !== text) {
    $("live").textContent = text;
    $("live").dataset.state = kind;
  }
}

let looking = Promise.resolve();

// One look after the other, so that an old answer never covers a newer one.
function look(always) {
  looking = looking.then(() => lookOnce(always));
  return looking;
}

async function lookOnce(always) {
  try {
    const answer = await fetch(`/fake/state?${ofAccount({})}`);
    if (!answer.ok) {
      throw new Error(await answer.text());
    }
    const text = await answer.text();
    const news = JSON.parse(text);
    const same = JSON.stringify({ ...news, now: null });
    if (always || same !== last) {
      last = same;
      state = news;
      [showAccounts, showSettings, showTotals, showRequests, showQuotas, showJobs, showLists].forEach((part) => part());
      await showMembers();
      await showProfile();
    }
    connection(paused ? "Paused" : "Live", paused ? "paused" : "live");
  } catch (failed) {
    connection("The fake does not answer: it was stopped, most likely", "lost");
  }
}

async function keepLooking() {
  if (!paused && !document.hidden) {
    await look(false);
  }
  setTimeout(keepLooking, EVERY_MILLIS);
}

$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", String(paused));
  $("pause").textContent = paused ? "Go on" : "Pause";
  look(true);
});
$("failed-only").addEventListener("change", () => state && showRequests());
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  go({ list: chosenList(), email: $("email").value.trim() });
});
$("newest").addEventListener("click", () => {
  $("email").value = "";
  go({ list: chosenList() });
});
$("close").addEventListener("click", () => $("profile").close());
$("profile").addEventListener("close", () => {
  const { profile, ...rest } = Object.fromEntries(asked());
  if (profile) {
    go(rest);
  }
});
addEventListener("hashchange", () => look(true));
keepLooking();
