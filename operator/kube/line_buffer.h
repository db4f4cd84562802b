#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace gyre::kube {

// Cuts a byte stream into lines. Not thread-safe.
class LineBuffer {
 public:
  using OnLine = std::function<void(std::string_view)>;

  // Calls `on_line` for every line completed by `bytes`, without its newline. Empty lines are skipped.
  void feed(std::string_view bytes, const OnLine& on_line);
  // Bytes of an unfinished line.
  std::size_t pending() const { return rest_.size(); }

 private:
  std::string rest_;
};

}  // namespace gyre::kube
