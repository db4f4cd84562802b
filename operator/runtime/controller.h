#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "operator/runtime/cache.h"
#include "operator/runtime/fate.h"
#include "operator/runtime/queue.h"
#include "operator/runtime/reconciler.h"

namespace gyre::runtime {

// One kind's loop: changes put keys in a queue, workers take them to the reconciler. Built by Manager::add, then:
//
//   manager.add("trainingjob", std::make_unique<TrainingJobReconciler>(…), 4)
//       .reconciles<TrainingJob>()
//       .owns<Job>()
//       .watches<ModelVersion>([](const ModelVersion& version) { return keys; });
class Controller {
 public:
  Controller(std::string name, std::unique_ptr<Reconciler> reconciler, int workers, Cache& cache, const Clock& clock,
             Metrics& metrics);

  // The kind whose keys the reconciler gets. Exactly once, before owns.
  template <class T>
  Controller& reconciles() {
    kind_ = kind_of(Type<T>{});
    primary_ = &cache_.declare<T>();
    primary_->subscribe([this](const Change& change) { wake(change.key()); });
    return *this;
  }

  // Children: a change wakes their controlling owner, if it is of our kind.
  template <class Child>
  Controller& owns() {
    cache_.declare<Child>().subscribe([this](const Change& change) { wake_owners(change); });
    return *this;
  }

  // Anything else: a change, also a deletion, wakes the keys that `keys_of` names. It may read the cache; it runs on
  // the thread of the watch, so it must be quick.
  template <class T>
  Controller& watches(std::function<std::vector<Key>(const T&)> keys_of) {
    cache_.declare<T>().subscribe([this, keys_of = std::move(keys_of)](const Change& change) {
      if (!active_) return;
      for (const Object& object : {change.before(), change.after()})
        if (object)
          for (const Key& key : keys_of(*object.as<T>())) wake(key);
    });
    return *this;
  }

  // Keys of namespaces of which `may_act` is not true are let go, until `wake_all_of` brings them back. Before `run`.
  void act_only_where(std::function<bool(const std::string& namespace_)> may_act) { may_act_ = std::move(may_act); }

  // From outside the watches, as when the collector has news. Ignored while this replica does not lead.
  void wake(const Key& key);
  void wake_all_of(const std::string& namespace_);

  // Looks at everything once, then works until `stop`; returns when the workers have ended.
  void run(std::stop_token stop);

  const std::string& name() const { return name_; }

 private:
  void wake_owners(const Change& change);
  void wake_owner(const Object& child);
  void declare_metrics();
  void work(std::stop_token stop);
  void reconcile_one(const Key& key);
  void settle(const Key& key, const Result<Next>& result);
  void settle_error(const Key& key, const Error& error);
  // After how long, which a server may have asked for.
  Duration look_again(const Key& key, Fate fate, Duration asked);

  const std::string name_;
  const std::unique_ptr<Reconciler> reconciler_;
  std::function<bool(const std::string& namespace_)> may_act_;  // Empty: everywhere.
  const int workers_;
  Cache& cache_;
  Metrics& metrics_;
  Queue queue_;
  Kind kind_;
  ObjectStore* primary_ = nullptr;
  std::atomic<bool> active_ = false;
  std::atomic<int> working_ = 0;
};

}  // namespace gyre::runtime
