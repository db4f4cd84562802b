#include "operator/kube/frame_buffer.h"

namespace gyre::kube {
namespace {

constexpr std::size_t kPrefix = 4;

// Only of a whole prefix.
std::size_t size_said_by(std::string_view prefix) {
  std::size_t size = 0;
  for (const char byte : prefix.substr(0, kPrefix)) size = size << 8 | static_cast<unsigned char>(byte);
  return size;
}

}  // namespace

FrameBuffer::Fed FrameBuffer::feed(std::string_view bytes, const OnFrame& on_frame) {
  return framing_ == Framing::kLines ? feed_lines(bytes, on_frame) : feed_prefixed(bytes, on_frame);
}

FrameBuffer::Fed FrameBuffer::feed_lines(std::string_view bytes, const OnFrame& on_frame) {
  while (true) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (rest_.size() + piece.size() > longest_) return Fed::kTooLong;
    if (end == std::string_view::npos) {
      rest_.append(piece);
      return Fed::kFine;
    }
    if (rest_.empty()) {
      if (end > 0) on_frame(piece);
    } else {
      rest_.append(piece);
      std::string line;
      line.swap(rest_);
      on_frame(line);
    }
    bytes.remove_prefix(end + 1);
  }
}

FrameBuffer::Fed FrameBuffer::feed_prefixed(std::string_view bytes, const OnFrame& on_frame) {
  // What is left of a frame that began earlier is completed first; all others need no copy.
  while (!rest_.empty()) {
    const bool knows_size = rest_.size() >= kPrefix;
    const std::size_t wanted = knows_size ? kPrefix + size_said_by(rest_) : kPrefix;
    if (wanted - kPrefix > longest_) return Fed::kTooLong;
    const std::string_view piece = bytes.substr(0, wanted - rest_.size());
    rest_.append(piece);
    bytes.remove_prefix(piece.size());
    if (rest_.size() < wanted) return Fed::kFine;
    if (!knows_size) continue;
    std::string frame;
    frame.swap(rest_);
    if (frame.size() > kPrefix) on_frame(std::string_view(frame).substr(kPrefix));
  }
  while (bytes.size() >= kPrefix) {
    const std::size_t size = size_said_by(bytes);
    if (size > longest_) return Fed::kTooLong;
    if (bytes.size() - kPrefix < size) break;
    if (size > 0) on_frame(bytes.substr(kPrefix, size));
    bytes.remove_prefix(kPrefix + size);
  }
  rest_.assign(bytes);
  return Fed::kFine;
}

}  // namespace gyre::kube
