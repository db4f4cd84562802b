#include "operator/kube/line_buffer.h"

namespace gyre::kube {

void LineBuffer::feed(std::string_view bytes, const OnLine& on_line) {
  while (true) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      rest_.append(bytes);
      return;
    }
    if (rest_.empty()) {
      if (end > 0) on_line(bytes.substr(0, end));
    } else {
      rest_.append(bytes.substr(0, end));
      std::string line;
      line.swap(rest_);
      on_line(line);
    }
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace gyre::kube
