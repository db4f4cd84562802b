#include "operator/kube/line_buffer.h"

namespace gyre::kube {

LineBuffer::Fed LineBuffer::feed(std::string_view bytes, const OnLine& on_line) {
  while (true) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (rest_.size() + piece.size() > longest_) return Fed::kTooLong;
    if (end == std::string_view::npos) {
      rest_.append(piece);
      return Fed::kFine;
    }
    if (rest_.empty()) {
      if (end > 0) on_line(piece);
    } else {
      rest_.append(piece);
      std::string line;
      line.swap(rest_);
      on_line(line);
    }
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace gyre::kube
