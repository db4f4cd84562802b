#include "operator/serve/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace gyre::serve {
namespace {

constexpr auto kIdle = std::chrono::seconds(20);

}  // namespace

ThreadPool::ThreadPool(std::size_t most) : most_(most) {
  const std::lock_guard lock(mutex_);
  threads_.emplace_back([this] { run(); });
}

void ThreadPool::enqueue(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    reap();
    queue_.push_back(std::move(work));
    if (queue_.size() > idle_ && threads_.size() < most_) grow();
  }
  changed_.notify_one();
}

void ThreadPool::shutdown() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (std::thread& each : threads) each.join();
}

void ThreadPool::grow() {
  try {
    threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    // The machine has no more of them: then the work waits for one, as past `most`.
  }
}

// Joins threads that have nothing left to do; they have ended, or are returning.
void ThreadPool::reap() {
  for (const std::thread::id id : ended_) {
    const auto found = std::ranges::find(threads_, id, &std::thread::get_id);
    if (found == threads_.end()) continue;
    found->join();
    threads_.erase(found);
  }
  ended_.clear();
}

void ThreadPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait_for(lock, kIdle, [this] { return !queue_.empty() || stopping_; });
    --idle_;
    const bool is_last = threads_.size() == ended_.size() + 1;
    if (queue_.empty() && is_last && !stopping_) continue;
    if (queue_.empty()) break;
    const std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
  ended_.push_back(std::this_thread::get_id());
}

}  // namespace gyre::serve
