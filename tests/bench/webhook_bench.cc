// webhook_bench: the operator's admission webhooks alone, for `make bench` to measure. Lookups at an API server, which
// most reviews do not need, find nothing to say.

#include <CLI/CLI.hpp>

#include "operator/base/signals.h"
#include "operator/runtime/log.h"
#include "operator/runtime/metrics.h"
#include "webhooks/certificate_files.h"
#include "webhooks/server.h"

namespace gyre::bench {
namespace {

struct AcceptingChecker final : webhooks::PodTemplateChecker {
  Result<std::vector<schema::FieldError>> check(const std::string&, const nlohmann::json&) override {
    return std::vector<schema::FieldError>{};
  }
};

constexpr char kAnswers[] = "answers_total";
constexpr char kLatency[] = "latency_seconds";

// Its metrics are what the operator counts of each review, and the peer.
Result<void> serve_until_signal(webhooks::ServerOptions options, const std::string& certificates) {
  const auto files = webhooks::read_certificate_files(certificates);
  if (!files) return fail(files.error());
  runtime::Metrics metrics;
  metrics.declare_counter(kAnswers, "Answers by status.");
  metrics.declare_histogram(kLatency, "Time of a review.", {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10});
  options.on_answer = [&metrics](const webhooks::Answered& answered) {
    metrics.add(kAnswers, {{"code", std::to_string(answered.status)}});
    metrics.observe(kLatency, {}, answered.seconds);
  };
  AcceptingChecker checker;
  const webhooks::Lookups lookups{
      [](const std::string&) { return Result<std::vector<InferenceService>>(std::vector<InferenceService>{}); },
      checker};
  const auto server = webhooks::Server::start(options, lookups, [&] { return Result<serve::KeyPair>(files->serving); });
  if (!server) return fail(server.error());
  wait_for_ending_signal();
  return {};
}

}  // namespace
}  // namespace gyre::bench

int main(int argc, char** argv) {
  gyre::webhooks::ServerOptions options{.address = "127.0.0.1"};
  std::string certificates;
  CLI::App app{"The operator's admission webhooks, for the webhook benchmark.", "webhook_bench"};
  app.add_option("--port", options.port)->required();
  app.add_option("--certificates", certificates, "Folder of tls.crt, tls.key and ca.crt")->required();
  CLI11_PARSE(app, argc, argv);

  gyre::log::set_up(gyre::log::Format::kText, gyre::log::Level::kInfo);
  gyre::block_ending_signals();
  const auto ended = gyre::bench::serve_until_signal(options, certificates);
  if (!ended) gyre::log::error("Cannot run", {{"reason", ended.error().reason}, {"error", ended.error().message}});
  return ended ? 0 : 1;
}
