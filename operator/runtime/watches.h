#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "operator/runtime/cache.h"
#include "operator/runtime/metrics.h"
#include "operator/runtime/reflector.h"

namespace gyre::runtime {

// The watches of all kinds in all namespaces that we look after, and whether they can be relied on together. Of several
// namespaces one may be deleted, and our Role with it: it is left out until everything in it is seen again, and the
// others go on meanwhile. Thread-safe.
class Watches {
 public:
  // `namespaces`: empty for the whole cluster. All arguments must outlive this.
  Watches(kube::Client& client, Cache& cache, const std::vector<std::string>& namespaces, const Clock& clock,
          Metrics& metrics, const Reflector::Timing& timing);

  // Begins to watch, on threads of its own, until it is destroyed.
  void start();

  // Whether every cache has held everything once, those of namespaces that are left out aside.
  bool is_synced();
  // Whether everything in the namespace is seen, so that it may be acted on.
  bool sees_all_of(const std::string& namespace_);
  // Those that were left out and are not any more, since this was asked last.
  std::vector<std::string> take_returned();
  // What is wrong, while a cache is not filled or a watch is stale.
  Result<void> readiness();
  // How many watches the API server has not answered for too long, by resource.
  std::vector<Sample> stale() const;
  std::size_t size() const;

 private:
  struct Scope {
    std::string name;  // Of the namespace; empty for all.
    std::vector<std::unique_ptr<Reflector>> reflectors;
    bool is_left_out = false;  // GUARDED_BY(mutex_)
  };
  void look_for_left_out();
  bool is_needed(const Scope& scope, const Reflector& reflector) const;

  const Clock& clock_;
  const Duration leaving_takes_;  // From one watch that is refused until all of its namespace have noticed.
  std::mutex mutex_;
  std::vector<Scope> scopes_;
  bool others_go_on_ = false;          // GUARDED_BY(mutex_) Some namespace of several is not left out.
  std::vector<std::string> returned_;  // GUARDED_BY(mutex_)
  std::vector<std::jthread> threads_;
};

}  // namespace gyre::runtime
