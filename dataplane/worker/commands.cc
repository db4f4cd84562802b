#include "dataplane/worker/commands.h"

#include <nlohmann/json.hpp>

#include "crds/schema/codec.h"
#include "dataplane/wire/worker.h"
#include "dataplane/worker/compare.h"
#include "dataplane/worker/csv.h"
#include "dataplane/worker/evaluate.h"
#include "dataplane/worker/fetch.h"
#include "dataplane/worker/profile.h"
#include "dataplane/worker/publish.h"
#include "dataplane/worker/snapshot.h"
#include "operator/base/signals.h"
#include "operator/base/text.h"

namespace gyre::worker {
namespace {

template <class Message>
Outcome refused(const Error& error, Message message = {}) {
  message.error = short_error(error);
  return {schema::to_json(message).dump(), exit_for(error), error.message};
}

// An init container that failed must not let the training or the server start, however sure its answer is; the
// verifying Job has answered when it knows.
Outcome refused_fetch(const Options& options, const Error& error) {
  const wire::FetchMessage message{.mismatch = error.code == Code::kMismatch};
  if (options.has("--verify-only")) return refused(error, message);
  Outcome out = refused(with_context(error, "fetch " + options.get("--uri")), message);
  out.exit = Exit::kTryAgain;
  return out;
}

// Without a message: what a person runs by hand.
Outcome refused_plainly(const Error& error) { return {"", Exit::kTryAgain, error.message}; }

Result<fs::path> storage(const Options& options, std::string_view name) {
  if (Result<> given = options.require({name}); !given) return fail(given.error());
  return local_path(options.get(name), options.get_or("--pvc-root", wire::kClaimMounts));
}

Outcome run_snapshot(const Options& options) {
  using Message = wire::SnapshotMessage;
  if (Result<> given = options.require({"--time-column", "--after"}); !given) return refused<Message>(given.error());
  const auto from = storage(options, "--uri");
  const auto to = storage(options, "--to-uri");
  const auto after = parse_time(options.get("--after"));
  const auto rows = options.number("--min-rows", 1);
  if (!from) return refused<Message>(from.error());
  if (!to) return refused<Message>(to.error());
  if (!after) return refused<Message>(with_context(after.error(), "--after"));
  if (!rows) return refused<Message>(rows.error());
  const auto taken = take_snapshot({*from, *to, options.get("--to-uri"), options.get("--time-column"), *after, *rows});
  if (!taken) return refused<Message>(taken.error());
  return {schema::to_json(*taken).dump()};
}

Result<wire::FetchMessage> verify(const Options& options, const fs::path& from) {
  auto verified = verify_model(from, options.get("--digest"));
  if (!verified || options.get("--baseline-digest").empty()) return verified;
  if (Result<> given = options.require({"--collector", "--name"}); !given) return fail(given.error());
  Result<> delivered = deliver_baseline(from, {options.get("--baseline-digest"), options.get("--collector"),
                                               options.get("--ca"), options.get("--token"), options.get("--name")});
  if (!delivered) return fail(delivered.error());
  return verified;
}

Result<wire::FetchMessage> fetch(const Options& options) {
  const std::string what = options.get("--as");
  if (what != "dataset" && what != "model")
    return fail(Code::kInvalid, "BadArgument", "--as is \"" + what + "\"; write dataset, model or snapshot");
  const auto from = storage(options, "--uri");
  if (!from) return fail(from.error());
  if (what == "model")
    if (Result<> given = options.require({"--digest"}); !given) return fail(given.error());
  if (what == "model" && options.has("--verify-only")) return verify(options, *from);
  if (Result<> given = options.require({"--to"}); !given) return fail(given.error());
  return what == "model" ? fetch_model(*from, options.get("--to"), options.get("--digest"))
                         : fetch_dataset(*from, options.get("--to"), options.get("--digest"));
}

Result<std::string> profile_text(const fs::path& from, const std::vector<std::string>& predictions) {
  const auto text = read_file(from);
  if (!text) return fail(text.error());
  const auto table = parse_csv(*text, from.string());
  if (!table) return fail(table.error());
  const auto baseline = make_baseline(*table, predictions);
  if (!baseline) return fail(with_context(baseline.error(), from.string()));
  return baseline_text(*baseline);
}

}  // namespace

Outcome run_fetch(const Options& options) {
  if (options.get("--as") == "snapshot") return run_snapshot(options);
  const auto fetched = fetch(options);
  if (!fetched) return refused_fetch(options, fetched.error());
  return {schema::to_json(*fetched).dump()};
}

Outcome run_publish(const Options& options) {
  using Message = wire::PublishMessage;
  if (Result<> given = options.require({"--from"}); !given) return refused<Message>(given.error());
  const auto target = storage(options, "--to-uri");
  if (!target) return refused<Message>(target.error());
  if (!options.has("--now")) wait_for_ending_signal();
  // All pods of a training have the sidecar; the first one's output is the training's.
  if (options.get_or("--index", "0") != "0") return {};
  const auto published = publish(options.get("--from"), *target, options.get("--to-uri"));
  if (!published) return refused<Message>(published.error());
  return {publish_text(*published)};
}

Outcome run_profile(const Options& options) {
  if (Result<> given = options.require({"--from", "--to"}); !given) return refused_plainly(given.error());
  const std::string from = options.get("--from");
  const std::string columns = options.get("--prediction-columns");
  const auto text = profile_text(from, columns.empty() ? kPredictionColumns : split(columns, ','));
  if (!text) return refused_plainly(text.error());
  if (Result<> written = write_file(options.get("--to"), *text); !written) return refused_plainly(written.error());
  return {};
}

Outcome run_evaluate(const Options& options) {
  using Message = wire::EvaluateMessage;
  const auto given =
      options.require({"--predictions-digest", "--evaluation-digest", "--gates", "--service", "--model", "--protocol"});
  if (!given) return refused<Message>(given.error());
  const auto folder = storage(options, "--uri");
  const auto seed = options.number("--seed", 0);
  const auto gates = parse_gates(options.get("--gates"));
  const auto mapping = protocol::make_mapping(options.get("--protocol"), options.get("--custom"));
  if (!folder) return refused<Message>(folder.error());
  if (!seed) return refused<Message>(seed.error());
  if (!gates) return refused<Message>(gates.error());
  if (!mapping) return refused<Message>(mapping.error());
  const auto message =
      evaluate({*folder, options.get("--predictions-digest"), options.get("--evaluation-digest"), *gates,
                options.get("--service"), options.get("--model"), *mapping, static_cast<std::uint64_t>(*seed)});
  if (!message) return refused<Message>(message.error());
  return {schema::to_json(*message).dump()};
}

Outcome run_compare(const Options& options) {
  if (Result<> given = options.require({"--baseline", "--window", "--to"}); !given)
    return refused_plainly(given.error());
  const auto report = read_report(options.get("--baseline"), options.get("--window"));
  if (!report) return refused_plainly(report.error());
  if (Result<> written = write_file(options.get("--to"), report_html(*report)); !written)
    return refused_plainly(written.error());
  if (!options.has("--json")) return {};
  if (Result<> written = write_file(options.get("--json"), report_json(*report)); !written)
    return refused_plainly(written.error());
  return {};
}

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands = {
      {"fetch",
       {{"--as", "--uri", "--digest", "--to", "--baseline-digest", "--collector", "--ca", "--token", "--name",
         "--time-column", "--after", "--min-rows", "--to-uri", "--pvc-root", "--termination-log"},
        {"--verify-only"}},
       run_fetch},
      {"publish", {{"--from", "--to-uri", "--index", "--pvc-root", "--termination-log"}, {"--now"}}, run_publish},
      {"profile", {{"--from", "--to", "--prediction-columns", "--termination-log"}, {}}, run_profile},
      {"evaluate",
       {{"--uri", "--predictions-digest", "--evaluation-digest", "--gates", "--service", "--model", "--protocol",
         "--custom", "--seed", "--pvc-root", "--termination-log"},
        {}},
       run_evaluate},
      {"compare", {{"--baseline", "--window", "--to", "--json", "--termination-log"}, {}}, run_compare},
  };
  return kCommands;
}

}  // namespace gyre::worker
