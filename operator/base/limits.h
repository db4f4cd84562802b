#pragma once

namespace gyre {

// As many open files as the machine allows: connections count, and the usual limit at a start is for programs that ask
// with select(2) about theirs, which ours do not.
void raise_file_limit();

}  // namespace gyre
