package org.postrider.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 64;

  @TempDir private Path directory;
  private String path;

  @BeforeEach
  void name() {
    path = directory.resolve("f").toString();
  }

  private static ByteBuffer block(int value) {
    byte[] octets = new byte[BLOCK];
    Arrays.fill(octets, (byte) value);
    return ByteBuffer.wrap(octets);
  }

  @Test
  void readsAndWritesAtPositions() throws IOException {
    try (DiskFile file = new DiskFile(path, "rw")) {
      assertThat(file.read(ByteBuffer.allocate(1), 0)).isEqualTo(-1);
      file.write(block(1), 0);
      file.write(block(2).slice(10, 100), BLOCK);
      file.write(ByteBuffer.allocateDirect(50).put(0, (byte) 3), BLOCK + 100);
      assertThat(file.size()).isEqualTo(BLOCK + 150);
      byte[] octets = new byte[300];
      ByteBuffer target = ByteBuffer.wrap(octets).position(1);
      assertThat(file.read(target, BLOCK - 50)).isEqualTo(200);
      assertThat(target.position()).isEqualTo(201);
      assertThat(octets).startsWith(0, 1).containsSequence(1, 2).containsSequence(2, 3, 0);
      ByteBuffer direct = ByteBuffer.allocateDirect(2);
      assertThat(file.read(direct, BLOCK + 99)).isEqualTo(2);
      assertThat(direct.get(1)).isEqualTo((byte) 3);
      file.truncate(10);
      assertThat(file.size()).isEqualTo(10);
    }
    assertThat(path).satisfies(p -> assertThat(Path.of(p)).hasSize(10));
  }

  @Test
  void whatIsClosedIsNotOpenedAgain() throws IOException {
    DiskFile file = new DiskFile(path, "rw");
    file.write(block(1), 0);
    file.read(block(0), 0);
    file.close();
    assertThatThrownBy(() -> file.read(block(0), 0)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.write(block(0), 0)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.force(false)).isInstanceOf(IOException.class);
  }

  @Test
  void interruptsCloseNothing() throws Exception {
    try (DiskFile file = new DiskFile(path, "rw")) {
      for (int i = 0; i < BLOCKS; i++) {
        file.write(block(1), (long) i * BLOCK);
      }
      FileLock lock = file.tryLock(0, Long.MAX_VALUE, false);
      assertThat(lock).isNotNull();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger reads = new AtomicInteger();
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        SplittableRandom random = new SplittableRandom(i);
        Thread.Builder builder = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
        readers.add(
            builder.start(() -> {
              try {
                while (!stop.get()) {
                  ByteBuffer target = ByteBuffer.allocate(BLOCK);
                  file.read(target, (long) random.nextInt(BLOCKS) * BLOCK);
                  byte[] octets = target.array();
                  assertThat(octets[0]).isEqualTo((byte) 1);
                  reads.incrementAndGet();
                }
              } catch (IOException | AssertionError e) {
                failures.add(e);
              }
            }));
      }
      for (int i = 0; i < 1000; i++) {
        readers.get(i % readers.size()).interrupt();
        file.write(block(1), (long) (i % BLOCKS) * BLOCK);
        if (i % 100 == 0) {
          Thread.currentThread().interrupt();
          file.force(false);
          assertThat(Thread.interrupted()).isTrue();
        }
      }
      stop.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(failures).isEmpty();
      assertThat(reads).hasPositiveValue();
      assertThat(lock.isValid()).isTrue();
      try (FileChannel other = FileChannel.open(Path.of(path), StandardOpenOption.WRITE)) {
        assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
      }
    }
  }

  @Test
  void aThreadThatCannotBeInterrupted() throws InterruptedException {
    AtomicBoolean interrupted = new AtomicBoolean(true);
    UninterruptibleThread thread =
        new UninterruptibleThread(
            "t",
            () -> {
              Thread.currentThread().interrupt();
              interrupted.set(Thread.interrupted());
            });
    thread.start();
    thread.join();
    assertThat(interrupted).isFalse();
  }
}
