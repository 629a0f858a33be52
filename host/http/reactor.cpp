// The only file that includes Pistache. Its transport is kept from the clients' sockets: it
// accepts, registers and closes them, while reading and writing are ours, since its own write queue
// goes by file descriptor and so can answer the wrong client. SPDX-License-Identifier: Apache-2.0
#include "host/http/reactor.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace gatehouse::host {

namespace {

namespace aio = Pistache::Aio;
namespace polling = Pistache::Polling;
namespace tcp = Pistache::Tcp;

// Pistache's own 128 drops connections in a burst.
constexpr int kBacklog = 1024;

int make_timer(std::chrono::milliseconds period) {
  const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  itimerspec spec{};
  spec.it_interval.tv_sec = period.count() / 1000;
  spec.it_interval.tv_nsec = (period.count() % 1000) * 1'000'000;
  spec.it_value = spec.it_interval;
  ::timerfd_settime(fd, 0, &spec, nullptr);
  return fd;
}

// Collects the connections that the base class announces while it empties its queue; they can be
// dealt with only after it has registered them.
class Arrivals final : public tcp::Handler {
 public:
  std::vector<std::shared_ptr<tcp::Peer>> peers;

  void onConnection(const std::shared_ptr<tcp::Peer>& peer) override { peers.push_back(peer); }
  // Never called: the base class gets no client's events.
  void onInput(const char*, std::size_t, const std::shared_ptr<tcp::Peer>&) override {}
  std::shared_ptr<tcp::Handler> clone() const override { return std::make_shared<Arrivals>(); }
};

// What each I/O thread's transport is made from; clone() takes the next one.
struct Plan {
  std::vector<IoEvents*> threads;
  std::chrono::milliseconds tick;
  std::size_t next = 0;
};

class Transport final : public tcp::Transport, private IoSockets {
 public:
  // Without events it is only the pattern that Pistache clones.
  Transport(std::shared_ptr<Plan> plan, std::shared_ptr<Arrivals> arrivals, IoEvents* events)
      : tcp::Transport(arrivals),
        plan_(std::move(plan)),
        arrivals_(std::move(arrivals)),
        events_(events) {}

  ~Transport() override {
    if (timer_fd_ >= 0) ::close(timer_fd_);
  }

  std::shared_ptr<aio::Handler> clone() const override {
    return std::make_shared<Transport>(
        plan_, std::make_shared<Arrivals>(), plan_->threads.at(plan_->next++));
  }

  void registerPoller(polling::Epoll& poller) override {
    tcp::Transport::registerPoller(poller);
    timer_fd_ = make_timer(plan_->tick);
    const auto reading = Pistache::Flags<polling::NotifyOn>(polling::NotifyOn::Read);
    poller.addFd(timer_fd_, reading, tag_of(timer_fd_));
    poller.addFd(events_->wake_fd(), reading, tag_of(events_->wake_fd()));
    events_->attach(*this);
  }

  void onReady(const aio::FdSet& ready) override {
    events_->on_batch();
    for (std::size_t i = 0; i < ready.size(); ++i) {
      const auto& entry = ready[i];
      const auto id = entry.getTag().value();
      if (id >= kFirstConnectionId) {
        events_->on_ready(id, {entry.isReadable(), entry.isWritable(), entry.isHangup()});
      } else if (id == static_cast<std::uint64_t>(events_->wake_fd())) {
        events_->on_wake();
      } else if (id == static_cast<std::uint64_t>(timer_fd_)) {
        std::uint64_t periods = 0;
        [[maybe_unused]] const auto size = ::read(timer_fd_, &periods, sizeof periods);
        events_->on_tick();
        // The queue can swallow its own wake-up when a connection is pushed while it is being
        // emptied.
        if (own_queue_) serve_own_queue(*own_queue_);
      } else {
        own_queue_ = entry.getTag();  // the only one that is used: new connections
        serve_own_queue(*own_queue_);
      }
    }
  }

 private:
  static polling::Tag tag_of(int fd) { return polling::Tag(static_cast<std::uint64_t>(fd)); }

  void serve_own_queue(polling::Tag tag) {
    polling::Event event(tag);
    event.flags.setFlag(polling::NotifyOn::Read);
    std::vector<polling::Event> one;
    one.push_back(event);
    tcp::Transport::onReady(aio::FdSet(std::move(one)));
    for (const auto& peer : std::exchange(arrivals_->peers, {})) {
      const int fd = peer->fd();
      const auto id = events_->on_accept(fd, peer->address().host());
      // Registered as edge-triggered under its file descriptor, which an event must never go by.
      if (id != 0) watch(fd, id, Interest::Read);
    }
  }

  void watch(int fd, std::uint64_t id, Interest interest) override {
    const auto notify = interest == Interest::Read    ? polling::NotifyOn::Read
                        : interest == Interest::Write ? polling::NotifyOn::Write
                                                      : polling::NotifyOn::None;
    reactor()->modifyFd(key(), fd, notify, polling::Tag(id), polling::Mode::Level);
  }

  void close(int fd) override {
    if (const auto found = peers.find(fd); found != peers.end()) {
      removePeer(std::shared_ptr<tcp::Peer>(found->second));
    }
  }

  std::shared_ptr<Plan> plan_;
  std::shared_ptr<Arrivals> arrivals_;
  IoEvents* events_;
  int timer_fd_ = -1;
  std::optional<polling::Tag> own_queue_;
};

}  // namespace

class Reactor::Listener : public tcp::Listener {};

Reactor::Reactor() = default;
Reactor::~Reactor() {
  stop();
}

Result<std::uint16_t> Reactor::listen(const std::string& address,
                                      std::uint16_t port,
                                      std::chrono::milliseconds tick,
                                      const std::vector<IoEvents*>& threads) {
  auto listener = std::make_unique<Listener>();
  listener->init(threads.size(),
                 Pistache::Flags<tcp::Options>(tcp::Options::ReuseAddr) | tcp::Options::NoDelay |
                     tcp::Options::CloseOnExec,
                 "gh-io",
                 kBacklog);
  auto plan = std::make_shared<Plan>(Plan{threads, tick, 0});
  listener->setTransportFactory(
      [plan] { return std::make_shared<Transport>(plan, std::make_shared<Arrivals>(), nullptr); });
  const bool bare_ipv6 = address.find(':') != std::string::npos && !address.starts_with('[');
  const std::string host = bare_ipv6 ? "[" + address + "]" : address;
  try {
    listener->bind(Pistache::Address(host, Pistache::Port(port)));
  } catch (const std::exception& failure) {
    return Error{ErrorCode::Unavailable,
                 "cannot_listen",
                 format("cannot listen on {}:{}: {}", host, port, failure.what()),
                 {},
                 {}};
  }
  const std::uint16_t bound = listener->getPort();
  listener_ = std::move(listener);
  return bound;
}

void Reactor::start() {
  listener_->runThreaded();
}

void Reactor::stop() {
  listener_.reset();
}

}  // namespace gatehouse::host
