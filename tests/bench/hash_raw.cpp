// The bare work behind a sign-in: verifies one Argon2id hash (19,456 KiB, two passes, the default)
// again and again on as many threads, and prints how many a second. Usage:
//   hash_raw THREADS SECONDS
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <argon2.h>

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: hash_raw THREADS SECONDS\n");
    return 2;
  }
  const int threads = std::atoi(arguments[1]);
  const std::chrono::duration<double> lasting(std::atof(arguments[2]));
  const std::string password = "correct horse battery staple";
  const std::string salt = "sixteen bytes of";
  std::array<char, 128> encoded{};
  if (argon2id_hash_encoded(2,
                            19'456,
                            1,
                            password.data(),
                            password.size(),
                            salt.data(),
                            salt.size(),
                            32,
                            encoded.data(),
                            encoded.size()) != ARGON2_OK) {
    throw std::runtime_error("no hash");
  }
  std::atomic<long> verified = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      while (std::chrono::steady_clock::now() - begin < lasting) {
        if (argon2id_verify(encoded.data(), password.data(), password.size()) != ARGON2_OK) {
          throw std::runtime_error("the password is not the password");
        }
        ++verified;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.3f\n", static_cast<double>(verified) / took.count());
  return 0;
}
