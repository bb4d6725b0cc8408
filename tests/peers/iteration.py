#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One training iteration at each scale, and a sample, ours beside the same in
plain PyTorch (Debian's python3-torch), in turns; run by hand.

    iteration.py PROGRAM [--size HEIGHT WIDTH] [--threads N] [--rounds N]
                 [--scales FIRST LAST]

PROGRAM is tests/peers/iteration of a build with -Dpeers=true.
"""

import argparse
import os
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional

BORDER = 5
STEPS = 3
SECONDS_A_TURN = 1.0  # of the peer: training has its caches warm


def chain(channels, features, out, tanh):
    layers = []
    for i in range(4):
        layers += [nn.Conv2d(channels if i == 0 else features, features, 3),
                   nn.BatchNorm2d(features), nn.LeakyReLU(0.2, inplace=True)]
    layers.append(nn.Conv2d(features, out, 3))
    if tanh:
        layers.append(nn.Tanh())
    return nn.Sequential(*layers)


def pad(picture):
    return functional.pad(picture, [BORDER] * 4)


class Scale:
    """The networks, the finished scales below and one iteration."""

    def __init__(self, sizes, scale):
        self.sizes = sizes[:scale + 1]
        height, width, features = sizes[scale]
        self.real = torch.rand(1, 3, height, width) * 2 - 1
        self.generator = chain(3, features, 3, True)
        self.discriminator = chain(3, features, 1, False)
        self.finished = [chain(3, f, 3, True).eval() for _, _, f in
                         sizes[:scale]]
        options = {"lr": 5e-4, "betas": (0.5, 0.999)}
        self.adam_g = torch.optim.Adam(self.generator.parameters(), **options)
        self.adam_d = torch.optim.Adam(self.discriminator.parameters(),
                                       **options)
        self.x_rec = torch.zeros_like(self.real)

    def lower(self):
        x = torch.zeros(1, 3, *self.sizes[0][:2])
        with torch.no_grad():
            for n, net in enumerate(self.finished):
                x = net(pad(x + 0.1 * torch.randn_like(x))) + x
                x = functional.interpolate(
                    x, size=self.sizes[n + 1][:2], mode="bicubic",
                    align_corners=False)
        return x

    def fake(self, x, noise):
        return self.generator(pad(x + 0.1 * noise)) + x

    def sample(self):
        x = self.lower()
        with torch.no_grad():
            return self.generator.eval()(
                pad(x + 0.1 * torch.randn_like(x))) + x

    def iterate(self):
        noise = torch.randn_like(self.real)
        for _ in range(STEPS):
            x = self.lower()
            with torch.no_grad():
                fake = self.fake(x, noise)
            self.discriminator.zero_grad()
            loss = self.discriminator(fake).mean() - self.discriminator(
                self.real).mean()
            loss.backward()
            mix = torch.rand(1)
            mixed = (mix * self.real + (1 - mix) * fake).requires_grad_(True)
            gradient, = torch.autograd.grad(
                self.discriminator(mixed).sum(), mixed, create_graph=True)
            penalty = 0.1 * ((gradient.norm(2, dim=1) - 1) ** 2).mean()
            penalty.backward()
            self.adam_d.step()
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(False)
        for _ in range(STEPS):
            self.generator.zero_grad()
            (-self.discriminator(self.fake(x, noise)).mean()).backward()
            (10 * functional.mse_loss(self.fake(self.x_rec, 0 * noise),
                                      self.real)).backward()
            self.adam_g.step()
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--size", nargs=2, default=("188", "250"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scales", nargs=2, type=int, default=(0, 99))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    ours = subprocess.Popen(
        [options.program, *options.size], text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": str(options.threads)})
    sizes = []
    for line in ours.stdout:
        if "kernels" in line:
            break
        sizes.append(tuple(map(int, line.split())))
    print(f"{line.strip()}; PyTorch {torch.__version__}\n")
    print("| scale | H x W | channels | ours, s | PyTorch, s | ratio |")
    print("|---|---|---|---|---|---|")

    def turn(number, peer, count):
        """Seconds of one, ours and the peer's, of as many in a row."""
        time.sleep(0.05)  # threads that still spin for work go to sleep
        ours.stdin.write(f"{number} {count}\n")
        ours.stdin.flush()
        mine = float(ours.stdout.readline())
        time.sleep(0.05)
        start = time.monotonic()
        for _ in range(count):
            peer()
        return mine, (time.monotonic() - start) / count

    def turns(number, peer):
        """Medians of ours and of the peer's seconds."""
        _, seconds = turn(number, peer, 1)  # warms up
        count = max(1, round(SECONDS_A_TURN / seconds))
        times = [turn(number, peer, count) for _ in range(options.rounds)]
        return map(statistics.median, zip(*times))

    sums = [0, 0]
    for scale, (height, width, features) in enumerate(sizes):
        if not options.scales[0] <= scale <= options.scales[1]:
            continue
        mine, theirs = turns(scale, Scale(sizes, scale).iterate)
        sums[0] += mine
        sums[1] += theirs
        print(f"| {scale} | {height} x {width} | {features} | {mine:.4f} | "
              f"{theirs:.3f} | {theirs / mine:.1f} |", flush=True)
    if sums[0] > 0:
        print(f"| all | | | {sums[0]:.3f} | {sums[1]:.2f} | "
              f"{sums[1] / sums[0]:.1f} |")
    mine, theirs = turns(len(sizes), Scale(sizes, len(sizes) - 1).sample)
    print(f"| a sample | | | {mine:.4f} | {theirs:.3f} | {theirs / mine:.1f} |")
    ours.stdin.close()
    ours.wait()


if __name__ == "__main__":
    main()
