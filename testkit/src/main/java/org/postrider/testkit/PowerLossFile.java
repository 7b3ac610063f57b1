package org.postrider.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.postrider.testkit.PowerLossDisk.Fault;

/** A file of a {@link PowerLossDisk}: what reads see, and what would be found after a loss. */
final class PowerLossFile {
  private final PowerLossDisk disk;

  /** Pages are not changed in place once they are durable; null is a page of zeros. */
  private final List<byte @Nullable []> seen = new ArrayList<>();

  private final List<byte @Nullable []> durable = new ArrayList<>();
  private final BitSet unforced = new BitSet();
  private long length;
  private long durableLength;
  private boolean locked;

  PowerLossFile(PowerLossDisk disk) {
    this.disk = disk;
  }

  long length() throws IOException {
    synchronized (disk) {
      disk.requirePower();
      return length;
    }
  }

  int read(ByteBuffer target, long position) throws IOException {
    synchronized (disk) {
      disk.requirePower();
      if (disk.fails(Fault.READ)) {
        throw new IOException("read failed");
      }
      int octets = (int) Math.min(target.remaining(), length - position);
      if (octets <= 0) {
        return target.hasRemaining() ? -1 : 0;
      }
      int pageOctets = disk.pageOctets();
      for (int done = 0; done < octets; ) {
        int offset = (int) ((position + done) % pageOctets);
        int part = Math.min(pageOctets - offset, octets - done);
        byte[] page = get(seen, (int) ((position + done) / pageOctets));
        target.put(page == null ? new byte[pageOctets] : page, offset, part);
        done += part;
      }
      return octets;
    }
  }

  int write(ByteBuffer source, long position) throws IOException {
    synchronized (disk) {
      disk.requirePower();
      int octets = source.remaining();
      if (disk.fails(Fault.WRITE)) {
        throw new IOException("write failed");
      }
      disk.grow(position + octets - length);
      int pageOctets = disk.pageOctets();
      for (int done = 0; done < octets; ) {
        int offset = (int) ((position + done) % pageOctets);
        int part = Math.min(pageOctets - offset, octets - done);
        source.get(changeable((int) ((position + done) / pageOctets)), offset, part);
        done += part;
      }
      length = Math.max(length, position + octets);
      disk.count();
      return octets;
    }
  }

  void truncate(long newLength) throws IOException {
    synchronized (disk) {
      disk.requirePower();
      if (newLength < length) {
        int pageOctets = disk.pageOctets();
        int keep = (int) (newLength / pageOctets);
        int rest = (int) (newLength % pageOctets);
        if (rest > 0) {
          byte[] page = changeable(keep);
          Arrays.fill(page, rest, pageOctets, (byte) 0);
          keep++;
        }
        for (int i = keep; i < seen.size(); i++) {
          seen.set(i, null);
          unforced.set(i);
        }
        length = newLength;
      }
      disk.count();
    }
  }

  void force() throws IOException {
    synchronized (disk) {
      disk.requirePower();
      boolean fails = disk.fails(Fault.FORCE);
      for (int i = unforced.nextSetBit(0); i >= 0; i = unforced.nextSetBit(i + 1)) {
        if (!fails || disk.faultRandom().nextBoolean()) {
          set(durable, i, get(seen, i));
        }
      }
      unforced.clear();
      if (fails) {
        throw new IOException("force failed");
      }
      durableLength = length;
      disk.count();
    }
  }

  boolean lock() {
    synchronized (disk) {
      boolean free = !locked;
      locked = true;
      return free;
    }
  }

  void unlock() {
    synchronized (disk) {
      locked = false;
    }
  }

  /** What is left of this file on another disk. */
  PowerLossFile afterLoss(PowerLossDisk target, SplittableRandom random, double survival) {
    PowerLossFile left = new PowerLossFile(target);
    left.durableLength = lengthAfterLoss(random, survival);
    left.length = left.durableLength;
    int pageOctets = disk.pageOctets();
    int pages = (int) ((left.length + pageOctets - 1) / pageOctets);
    for (int i = 0; i < pages; i++) {
      boolean survives = unforced.get(i) && random.nextDouble() < survival;
      byte[] page = get(survives ? seen : durable, i);
      left.seen.add(page);
      left.durable.add(page);
    }
    return left;
  }

  private long lengthAfterLoss(SplittableRandom random, double survival) {
    if (length == durableLength || survival <= 0) {
      return durableLength;
    }
    if (survival >= 1 || random.nextDouble() < survival) {
      return length;
    }
    if (length < durableLength || random.nextBoolean()) {
      return durableLength;
    }
    // A part of what was added.
    int pageOctets = disk.pageOctets();
    long pages = (length - durableLength) / pageOctets;
    return Math.min(length, durableLength + random.nextLong(pages + 1) * pageOctets);
  }

  private byte[] changeable(int index) {
    byte[] page = get(seen, index);
    if (page == null) {
      page = new byte[disk.pageOctets()];
    } else if (!unforced.get(index)) {
      page = page.clone();
    }
    set(seen, index, page);
    unforced.set(index);
    return page;
  }

  private static byte @Nullable [] get(List<byte @Nullable []> pages, int index) {
    return index < pages.size() ? pages.get(index) : null;
  }

  private static void set(List<byte @Nullable []> pages, int index, byte @Nullable [] page) {
    while (pages.size() <= index) {
      pages.add(null);
    }
    pages.set(index, page);
  }
}
