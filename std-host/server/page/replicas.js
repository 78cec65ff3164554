// The replicas that this one hears.

import { $, element, json, show } from "/api.js";

const HEADS = ["Replica", "ext_seq", "Digest", "Plugin", "Role", "State", "Heard"];

/** Shows this replica and the others. */
export async function showReplicas() {
  const own = await json("/replicas");
  $("replicas").hidden = false;
  const agreed = own.agreed_ext_seq ?? "none yet";
  const holder = own.lease_holder ?? "nobody";
  $("replicas-note").textContent =
    `Stream ${own.stream}: ${own.lag_entries ?? "unknown"} messages behind. ${holder} publishes. ` +
    `Digests agree up to ext_seq ${agreed}.`;
  const isDiffering = own.differing.length > 0;
  const rows = [
    row({ ...own, differs: false }, "this one", isDiffering),
    ...own.others.map((other) => row(other, `${other.heard_seconds_ago} s ago`, other.differs)),
  ];
  const heads = element("tr", HEADS.map((head) => element("th", head)));
  $("replica-head").replaceChildren(heads);
  $("replica-rows").replaceChildren(...rows);
}

function row(replica, heard, differs) {
  let name = replica.name;
  if (/^https?:\/\//.test(replica.url ?? "")) {
    name = element("a", replica.name);
    name.href = replica.url;
  }
  return element("tr", [
    element("td", [name]),
    element("td", show(replica.ext_seq ?? "none"), "number"),
    element("td", show(replica.digest)),
    element("td", (replica.plugin_sha256 ?? "linked").slice(0, 12)),
    element("td", replica.is_publisher ? "publishes" : "follows"),
    element("td", differs ? "differs" : "agrees", differs ? "bad" : "good"),
    element("td", heard),
  ]);
}
