package example.shop.cluster;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.github.klaviyoexport.catalog.Catalog;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Lets a db-scheduler cluster look after a catalog, in place of the catalog's own scheduler.
 *
 * <p>db-scheduler decides which node looks, and lets another look when that one dies. The catalog's
 * store makes sure that each moment of a schedule is seen to once, and that a run whose node has
 * died is taken over.
 */
public final class ClusterScheduler implements AutoCloseable {
  private final Scheduler scheduler;

  /**
   * Starts looking.
   *
   * @param dataSource the database that has the table {@code scheduled_tasks}
   * @param every how often some node looks
   */
  public ClusterScheduler(Catalog catalog, DataSource dataSource, Duration every) {
    RecurringTask<Void> look =
        Tasks.recurring("klaviyo-exports", FixedDelay.of(every))
            .execute((instance, context) -> catalog.runDue());
    scheduler =
        Scheduler.create(dataSource)
            .startTasks(look)
            .threads(1)
            .pollingInterval(every)
            .heartbeatInterval(Duration.ofSeconds(2))
            .missedHeartbeatsLimit(4)
            .build();
    scheduler.start();
  }

  @Override
  public void close() {
    scheduler.stop();
  }
}
