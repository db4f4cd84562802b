#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operator/base/check.h"
#include "operator/kube/frame_buffer.h"

namespace gyre::fuzz {

struct Cut {
  std::vector<std::string> frames;
  kube::FrameBuffer::Fed end = kube::FrameBuffer::Fed::kFine;
  bool operator==(const Cut&) const = default;
};

// The frames of a stream that comes in pieces of this size.
inline Cut cut(std::string_view bytes, std::size_t piece, kube::Framing framing) {
  constexpr std::size_t kLongest = 4096;  // Shorter than some inputs.
  Cut out;
  kube::FrameBuffer buffer(kLongest, framing);
  for (std::size_t at = 0; at < bytes.size() && out.end == kube::FrameBuffer::Fed::kFine; at += piece)
    out.end = buffer.feed(bytes.substr(at, piece), [&](std::string_view frame) { out.frames.emplace_back(frame); });
  for (const std::string& frame : out.frames) CHECK(!frame.empty() && frame.size() <= kLongest);
  return out;
}

// The same, which pieces of any other size must give too.
inline Cut cut_any_way(std::string_view bytes, kube::Framing framing) {
  Cut whole = cut(bytes, bytes.size() + 1, framing);
  CHECK(cut(bytes, 1 + bytes.size() % 61, framing) == whole);
  return whole;
}

}  // namespace gyre::fuzz
