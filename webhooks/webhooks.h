#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "operator/runtime/manager.h"
#include "webhooks/ca_publisher.h"
#include "webhooks/certificates.h"
#include "webhooks/pod_template.h"
#include "webhooks/server.h"

namespace gyre::webhooks {

struct Options {
  std::string namespace_;     // Of the release: where the Secret is, and what the certificate's names end in.
  std::string configuration;  // ValidatingWebhookConfiguration that gets our CA; empty: no webhook is served.
  // Where somebody else, as cert-manager, puts certificates, and sees to the configuration's CA; empty: we make our
  // own.
  std::string certificate_folder;
  ServerOptions server;
};

// Everything about certificates and admission. Construct before Manager::run (it declares kinds, a leader's task and a
// readiness check); every replica serves, whether it leads or not.
//
//   Webhooks webhooks(manager, {.namespace_ = "gyre-system", .configuration = "gyre-gyre-system"});
//   manager.add_preparation([&](std::stop_token stop) { return webhooks.start(stop); });
//   manager.run(stop);
//   webhooks.stop();
class Webhooks {
 public:
  Webhooks(runtime::Manager& manager, Options options);
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  // Waits until the certificates can be had, then listens, and looks after them each minute; after files more often. An
  // error when the port is taken, or kCancelled when `stop` came first.
  Result<void> start(std::stop_token stop);
  void stop();

  // The certificate and key that every server of ours presents, PEM; empty before `start`.
  KeyPair certificates() const;
  // What is wrong, while our CA is not in the webhook configuration.
  Result<void> readiness() const;
  // As bound; 0 when no webhook is served.
  int port() const;

 private:
  Lookups lookups();
  Result<void> renew();
  Result<void> renew_own();
  Result<void> reread_files();
  void look_after(std::stop_token stop);
  void declare_metrics();
  void count(const Answered& answered);
  std::vector<runtime::Sample> expirations() const;

  runtime::Manager& manager_;
  const Options options_;
  const std::vector<std::string> dns_names_;
  DryRunChecker pod_templates_;
  CaPublisher publisher_;
  std::atomic<int> in_flight_ = 0;  // Requests that are being answered.
  std::unique_ptr<Server> server_;

  mutable std::mutex mutex_;
  KeyPair serving_;     // GUARDED_BY(mutex_)
  std::string ca_;      // GUARDED_BY(mutex_); the certificate that signs.
  Result<void> state_;  // GUARDED_BY(mutex_)
  std::jthread thread_;
};

}  // namespace gyre::webhooks
