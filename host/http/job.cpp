// SPDX-License-Identifier: Apache-2.0
#include "host/http/job.hpp"

#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace gatehouse::host {

namespace {

int make_eventfd() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

}  // namespace

Mailbox::Mailbox() : fd_(make_eventfd()) {}

Mailbox::~Mailbox() {
  ::close(fd_);
}

void Mailbox::post(std::shared_ptr<Job> job) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = jobs_.empty();
    jobs_.push_back(std::move(job));
  }
  if (first) wake();  // otherwise somebody has, and nobody has taken yet
}

void Mailbox::wake() {
  // Cannot fail: the counter would have to reach 2^64 - 1 unread.
  [[maybe_unused]] const int result = ::eventfd_write(fd_, 1);
}

void Mailbox::take(std::vector<std::shared_ptr<Job>>& jobs) {
  eventfd_t count = 0;
  [[maybe_unused]] const int result = ::eventfd_read(fd_, &count);
  const std::lock_guard lock(mutex_);
  jobs_.swap(jobs);
}

}  // namespace gatehouse::host
