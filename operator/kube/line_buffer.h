#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace gyre::kube {

// Cuts a byte stream into lines of bounded length. Not thread-safe.
class LineBuffer {
 public:
  using OnLine = std::function<void(std::string_view)>;
  enum class Fed { kFine, kTooLong };

  explicit LineBuffer(std::size_t longest) : longest_(longest) {}

  // Calls `on_line` for every line completed by `bytes`, without its newline. Empty lines are skipped. A line that is
  // too long ends it: what follows is lost.
  Fed feed(std::string_view bytes, const OnLine& on_line);

 private:
  const std::size_t longest_;
  std::string rest_;
};

}  // namespace gyre::kube
