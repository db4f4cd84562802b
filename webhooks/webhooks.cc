#include "webhooks/webhooks.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crds/v1alpha1/kinds.h"
#include "operator/base/caught.h"
#include "operator/base/stopwatch.h"
#include "operator/base/wait.h"
#include "operator/runtime/fate.h"
#include "operator/runtime/log.h"
#include "webhooks/certificate_files.h"
#include "webhooks/certificate_store.h"
#include "webhooks/x509.h"

namespace gyre::webhooks {
namespace {

constexpr Duration kPeriod = std::chrono::minutes(1);
constexpr Duration kFilePeriod = std::chrono::seconds(10);
constexpr Duration kRetry = std::chrono::seconds(2);
constexpr Duration kSayAgain = std::chrono::minutes(10);
// Connections that an API server uses have an answer within it, even of few reviews.
constexpr Duration kDrain = std::chrono::seconds(2);

std::vector<std::string> dns_names_in(const std::string& namespace_) {
  std::vector<std::string> out;
  for (const char* service : {"gyre-webhooks", "gyre-collector", "gyre-metrics"}) {
    out.push_back(fmt::format("{}.{}.svc", service, namespace_));
    out.push_back(fmt::format("{}.{}.svc.cluster.local", service, namespace_));
  }
  return out;
}

// Whether those who would be shown a new certificate may still be told of its CA first.
bool may_succeed_soon(const Result<void>& told) {
  if (told) return false;
  const runtime::Fate fate = runtime::fate_of(told.error());
  return fate == runtime::Fate::kSoon || fate == runtime::Fate::kRetry;
}

constexpr char kRequests[] = "controller_runtime_webhook_requests_total";
constexpr char kLatency[] = "controller_runtime_webhook_latency_seconds";
constexpr char kInFlight[] = "controller_runtime_webhook_requests_in_flight";
constexpr char kPanics[] = "controller_runtime_webhook_panics_total";
constexpr char kReviews[] = "gyre_admission_reviews_total";
const runtime::Labels kWebhook = {{"webhook", "/validate"}};

// Asked of the server, not of the cache: a deletion is rare, and a standby's cache may not be filled yet.
Result<std::vector<InferenceService>> list_services(kube::Client& client, const std::string& namespace_) {
  constexpr Kind kind = kind_of(Type<InferenceService>{});
  kube::Request request;
  request.path = kube::collection_path(kind, namespace_);
  request.verb = "list";
  request.resource = kube::resource_name(kind);
  request.timeout = std::chrono::seconds(5);
  const Result<nlohmann::json> answer = client.send(request);
  if (!answer) return fail(with_context(answer.error(), "list the InferenceServices"));
  std::vector<InferenceService> out;
  for (const nlohmann::json& item : answer->value("items", nlohmann::json::array())) {
    Result<InferenceService> service = schema::from_json<InferenceService>(item);
    if (!service) return fail(service.error());
    out.push_back(std::move(*service));
  }
  return out;
}

}  // namespace

Webhooks::Webhooks(runtime::Manager& manager, Options options)
    : manager_(manager),
      options_(std::move(options)),
      dns_names_(dns_names_in(options_.namespace_)),
      pod_templates_(manager.client()),
      publisher_(manager.cache(), manager.leader_api()),
      state_(fail(Code::kUnavailable, "NoCertificates", "webhooks: certificates are not there yet")) {
  declare_metrics();
  manager.add_leader_task([this](std::stop_token stop) { publisher_.run(stop); });
  manager.add_readiness([this] { return readiness(); });
}

Webhooks::~Webhooks() { stop(); }

Lookups Webhooks::lookups() {
  return {[&client = manager_.client()](const std::string& namespace_) { return list_services(client, namespace_); },
          pod_templates_};
}

Result<void> Webhooks::start(std::stop_token stop) {
  // Only the certificates are waited for: the webhook configuration may come after us.
  std::string said;
  while (!stop.stop_requested() && (renew(), certificates().certificate.empty())) {
    const std::string why = readiness().error().message;
    if (said != why) log::warn("Certificates cannot be had yet; will try again", {{"error", why}});
    said = why;
    wait(stop, kRetry);
  }
  if (stop.stop_requested()) return fail(Code::kCancelled, "Stopping", "stopped before certificates could be had");
  if (!options_.configuration.empty()) {
    ServerOptions options = options_.server;
    options.on_request = [this] { ++in_flight_; };
    options.on_answer = [this](const Answered& answered) { count(answered); };
    auto server = Server::start(options, lookups(), [this] { return Result<KeyPair>(certificates()); });
    if (!server) return fail(server.error());
    server_ = std::move(*server);
  }
  thread_ = std::jthread([this](std::stop_token ended) { look_after(ended); });
  return {};
}

void Webhooks::stop() {
  thread_ = {};
  if (server_) server_->drain(kDrain);
  server_.reset();
}

void Webhooks::look_after(std::stop_token stop) {
  const Duration period = options_.certificate_folder.empty() ? kPeriod : kFilePeriod;
  Duration next = readiness() ? period : kRetry;
  std::string said;
  Stopwatch since_said;
  while (!stop.stop_requested()) {
    wait(stop, next);
    if (stop.stop_requested()) return;
    const Result<void> done = renew();
    const std::string why = done ? "" : done.error().message;
    const bool is_news = why != said || since_said.elapsed() > kSayAgain;
    if (!done && is_news) log::warn("Certificates cannot be looked after; will try again", {{"error", why}});
    if (is_news) since_said = {};
    said = why;
    next = done ? period : kRetry;
  }
}

Result<void> Webhooks::renew() {
  return caught([this] { return options_.certificate_folder.empty() ? renew_own() : reread_files(); });
}

// Certificates, then those who trust them, then those who present them: nobody is shown what they do not trust.
Result<void> Webhooks::renew_own() {
  const Result<Certificates> wanted =
      ensure_certificates(manager_.client(), options_.namespace_, dns_names_, manager_.clock().now());
  Result<void> state;
  if (!wanted) {
    state = fail(wanted.error());
  } else {
    publisher_.publish(wanted->bundle());
    if (!options_.configuration.empty())
      state = ensure_ca_bundle(manager_.client(), options_.configuration, wanted->bundle());
  }
  const std::lock_guard lock(mutex_);
  if (wanted) ca_ = wanted->ca.certificate;
  // Who has been ready stays so: what is trusted already is not lost by an API server that is away for a while.
  if (state || !state_) state_ = state;
  if (wanted && (serving_.certificate.empty() || !may_succeed_soon(state))) serving_ = wanted->serving;
  return state;
}

Result<void> Webhooks::reread_files() {
  const Result<CertificateFiles> files = read_certificate_files(options_.certificate_folder);
  if (files) publisher_.publish(files->bundle);
  const Result<void> state = files ? Result<void>() : fail(files.error());
  const std::lock_guard lock(mutex_);
  if (files && !serving_.certificate.empty() && serving_ != files->serving)
    log::info("Certificates were read again", {{"folder", options_.certificate_folder}});
  if (files) serving_ = files->serving;
  if (state || !state_) state_ = state;
  return state;
}

// The first four are controller-runtime's.
void Webhooks::declare_metrics() {
  runtime::Metrics& metrics = manager_.metrics();
  metrics.declare_counter(kRequests, "Total number of admission requests by HTTP status code.");
  // Of a series that begins with its first bug, no increase is seen.
  for (const char* code : {"200", "500"}) metrics.add(kRequests, {kWebhook.front(), {"code", code}}, 0);
  metrics.declare_histogram(kLatency, "Histogram of the latency of processing admission requests",
                            {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10});
  metrics.collect_gauge(kInFlight, "Current number of admission requests being served.",
                        [this] { return std::vector<runtime::Sample>{{kWebhook, static_cast<double>(in_flight_)}}; });
  metrics.declare_counter(kPanics, "Total number of bugs met while reviewing");
  metrics.add(kPanics, {}, 0);
  metrics.declare_counter(kReviews, "Reviews by kind, operation and result.");
  for_each_kind([&]<class T>(Type<T>) {
    for (const char* operation : {"create", "update"})
      metrics.add(kReviews,
                  {{"kind", std::string(kind_of(Type<T>{}).kind)}, {"operation", operation}, {"result", "unchecked"}},
                  0);
  });
  metrics.collect_gauge("gyre_certificate_expiration_timestamp_seconds",
                        "When the certificate that is presented, and the CA that signs, end, in seconds since 1970.",
                        [this] { return expirations(); });
}

void Webhooks::count(const Answered& answered) {
  --in_flight_;
  runtime::Metrics& metrics = manager_.metrics();
  metrics.add(kRequests, {kWebhook.front(), {"code", std::to_string(answered.status)}});
  metrics.observe(kLatency, kWebhook, answered.seconds);
  if (answered.bug) {
    metrics.add(kPanics, {});
    log::error("An admission review met a bug; the API server was answered 500", {{"error", *answered.bug}});
  }
  if (const auto& reviewed = answered.reviewed)
    metrics.add(kReviews, {{"kind", reviewed->kind}, {"operation", reviewed->operation}, {"result", reviewed->result}});
}

std::vector<runtime::Sample> Webhooks::expirations() const {
  std::vector<runtime::Sample> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, certificate] : {std::pair("serving", serving_.certificate), std::pair("ca", ca_)})
    if (const auto info = x509::read(certificate))
      out.push_back({{{"certificate", name}}, std::chrono::duration<double>(info->end.time_since_epoch()).count()});
  return out;
}

KeyPair Webhooks::certificates() const {
  const std::lock_guard lock(mutex_);
  return serving_;
}

Result<void> Webhooks::readiness() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

int Webhooks::port() const { return server_ ? server_->port() : 0; }

}  // namespace gyre::webhooks
