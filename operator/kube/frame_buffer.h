#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace gyre::kube {

// How a stream is cut into frames.
enum class Framing {
  kLines,     // Each ends with a newline, which is no part of it. Empty ones are skipped.
  kPrefixed,  // Each follows its size, four bytes with the highest first: how watches in protocol buffers come.
};

// Cuts a byte stream into frames of bounded size. Not thread-safe.
class FrameBuffer {
 public:
  using OnFrame = std::function<void(std::string_view)>;
  enum class Fed { kFine, kTooLong };

  explicit FrameBuffer(std::size_t longest, Framing framing) : longest_(longest), framing_(framing) {}

  // Calls `on_frame` for every frame completed by `bytes`. One that is too long ends it: what follows is lost.
  Fed feed(std::string_view bytes, const OnFrame& on_frame);

 private:
  Fed feed_lines(std::string_view bytes, const OnFrame& on_frame);
  Fed feed_prefixed(std::string_view bytes, const OnFrame& on_frame);

  const std::size_t longest_;
  const Framing framing_;
  std::string rest_;
};

}  // namespace gyre::kube
