#!/bin/sh
# Sets up a fresh machine and runs all tests. The host tests run in a sandbox host and do not change this machine's
# network. The last line is the number of tests.
set -eu
cd "$(dirname "$0")/.."
unset NODE_EXTRA_CA_CERTS NODE_OPTIONS || true
scripts/setup.sh shellcheck strace tmux nft:nftables keyctl:keyutils conntrack zsh fish man:man-db chromium dot:graphviz \
  podman crun /usr/lib/podman/netavark:netavark /usr/lib/cni/bridge:containernetworking-plugins \
  dbus-daemon /usr/lib/python3/dist-packages/gi:python3-gi /usr/lib/python3/dist-packages/dbus:python3-dbus
scripts/engines.sh node_modules/.cache/ctr/engines
[ -d examples/labex ] || node dist/ctr.js --quiet rootfs create examples/labex >/dev/null

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed=0
npm run --silent lint || failed=1
CTR_DEB_COMPRESSION='-Zgzip -z1' scripts/package.sh node_modules/.cache/ctr/packages || failed=1
npm run --silent jest -- --selectProjects unit --json --outputFile "$results/unit.json" || failed=1
CTR_HOST_RESULTS="$results/host.json" npm run --silent test:host || failed=1

node -e '
  const { readFileSync } = require("node:fs");
  let [passed, failed] = [0, 0];
  for (const file of process.argv.slice(2)) {
    try {
      const result = JSON.parse(readFileSync(file, "utf8"));
      passed += result.numPassedTests;
      failed += result.numFailedTests + result.numRuntimeErrorTestSuites + result.numPendingTests;
    } catch {
      failed += 1;
    }
  }
  // Counts a failed command without results of its own: lint, or an aborted Jest.
  failed = Math.max(failed, Number(process.argv[1]));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
' "$failed" "$results/unit.json" "$results/host.json"
