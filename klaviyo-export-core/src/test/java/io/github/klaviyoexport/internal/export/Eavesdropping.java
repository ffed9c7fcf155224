package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.ExportProgress;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testing.SmallKlaviyo;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Exports whose every word is written down: logs, listeners, journals, reports, exceptions, and
 * what each object says of itself.
 */
abstract class Eavesdropping {
  /** Heard on any thread: a source's logs too, and it may outlive its export. */
  final List<String> overheard = new CopyOnWriteArrayList<>();

  private final Handler logs =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          // The test framework names the fault, with all that the server will say.
          if (!entry.getLoggerName().startsWith("org.junit")) {
            overheard.add(new SimpleFormatter().format(entry));
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final Logger root = Logger.getLogger("");
  private final Level levelBefore = root.getLevel();

  @BeforeEach
  void listen_to_every_log() {
    logs.setLevel(Level.ALL);
    root.addHandler(logs);
    root.setLevel(Level.ALL);
  }

  @AfterEach
  void stop_listening() {
    root.removeHandler(logs);
    root.setLevel(levelBefore);
    Thread.interrupted();
  }

  void assertNothingIsBetrayed() {
    assertThat(overheard).isNotEmpty();
    assertThat(overheard.stream().filter(Eavesdropping::betrays)).isEmpty();
  }

  static boolean betrays(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replace(" ", "");
    return plain.contains("canary") || plain.contains("35840777666");
  }

  /** Exports, and keeps all that can be seen of it. */
  void observe(SegmentExporter exporter, Lab lab) {
    ExportReport report;
    try {
      report = exporter.export(Lab.VIP, Lab.LIST);
    } catch (ExportException stopped) {
      StringWriter trace = new StringWriter();
      stopped.printStackTrace(new PrintWriter(trace));
      overheard.add(trace.toString());
      overheard.addAll(reachable(stopped));
      report = stopped.report();
    }
    overheard.addAll(
        List.of(report.toString(), report.toJson(), report.toCsv(), report.rejectionsToCsv()));
    overheard.addAll(reachable(report));
    overheard.addAll(reachable(exporter));
    overheard.addAll(reachable(exporter.prepare(Lab.VIP, Lab.LIST)));
    overheard.addAll(lab.events);
    lab.progresses.forEach(progress -> overheard.add(progress.toString()));
  }

  /** What each of our objects that can be reached from here says of itself. */
  private static List<String> reachable(Object start) {
    List<String> said = new ArrayList<>();
    Set<Object> met = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> next = new ArrayDeque<>(List.of(start));
    while (!next.isEmpty()) {
      Object object = next.remove();
      if (!met.add(object) || object instanceof SmallKlaviyo || object instanceof Lab) {
        continue;
      }
      if (object instanceof Iterable<?> many) {
        many.forEach(one -> addIfAny(one, next));
      } else if (object instanceof Map<?, ?> map) {
        map.forEach(
            (key, value) -> {
              addIfAny(key, next);
              addIfAny(value, next);
            });
      } else if (object instanceof Object[] array) {
        Arrays.asList(array).forEach(one -> addIfAny(one, next));
      } else if (object.getClass().getName().startsWith("io.github.klaviyoexport.")) {
        said.add(object.toString());
        for (Class<?> c = object.getClass(); c != null; c = c.getSuperclass()) {
          if (c.getName().startsWith("io.github.klaviyoexport.")) {
            Arrays.stream(c.getDeclaredFields()).forEach(f -> addIfAny(valueOf(f, object), next));
          }
        }
      }
    }
    return said;
  }

  private static void addIfAny(@Nullable Object object, Deque<Object> to) {
    if (object != null) {
      to.add(object);
    }
  }

  private static @Nullable Object valueOf(Field field, Object object) {
    try {
      if (field.getType().isPrimitive() || Modifier.isStatic(field.getModifiers())) {
        return null;
      }
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Writes down what a listener is told, and what threads are called meanwhile. */
  ExportListener eavesdropper() {
    return new ExportListener() {
      @Override
      public void rejected(Rejection rejection) {
        overheard.add(rejection.toString());
      }

      @Override
      public void unconfirmed(String customerId) {
        overheard.add(customerId);
      }

      @Override
      public void batchSent(String jobId, int profiles, long bytes) {
        overheard.add(jobId);
      }

      @Override
      public void jobFinished(ExportReport.Job job) {
        overheard.add(job.toString());
      }

      @Override
      public void started(Segment segment, ListId list) {
        overheard.add(segment + " " + list);
      }

      @Override
      public void progressed(ExportProgress progress) {
        overheard.add(Thread.currentThread().getName());
      }

      @Override
      public void finished(ExportReport report) {
        Thread.getAllStackTraces().keySet().forEach(thread -> overheard.add(thread.getName()));
      }
    };
  }

  /** A journal that can be read over the shoulder. */
  ExportJournal journal() {
    return key -> {
      overheard.add(key);
      return new JournalLog() {
        @Override
        public void replay(Consumer<String> line) {}

        @Override
        public void append(String line) {
          overheard.add(line);
        }

        @Override
        public void restart(String line) {
          overheard.add(line);
        }

        @Override
        public void close() {}
      };
    };
  }
}
