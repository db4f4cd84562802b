#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gyre::serve {

// Runs each connection on a thread of its own: they are kept open, and some wait for long. Threads come with
// connections and go when they have nothing to do, all but one: when the machine has no more, that one does the work.
// Thread-safe.
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t most);
  ~ThreadPool() { shutdown(); }

  // Past `most` threads, work waits for one to come free.
  void enqueue(std::function<void()> work);
  // Finishes what was enqueued.
  void shutdown();

 private:
  void run();
  void grow();
  void reap();

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;  // GUARDED_BY(mutex_)
  std::vector<std::thread> threads_;         // GUARDED_BY(mutex_)
  std::vector<std::thread::id> ended_;       // GUARDED_BY(mutex_)
  std::size_t idle_ = 0;                     // GUARDED_BY(mutex_)
  bool stopping_ = false;                    // GUARDED_BY(mutex_)
};

}  // namespace gyre::serve
