/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The task's data holds the race; each attempt holds the task. All ends when the task has
 * returned and the attempts that lost have noticed. */
#include "config.h"

#include "net/host/mesh-dialer.h"

#include "base/mesh-error.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-dnsaddr-lookup.h"
#include "net/host/mesh-upgrade.h"

typedef struct
{
  MeshTransport *transport; /* (owned) */
  MeshMultiaddr *addr;      /* (owned) */
  MeshPeerId *expected;     /* (owned) (nullable) */
} Candidate;

typedef struct
{
  GPtrArray *candidates; /* (owned) (element-type Candidate) */
  guint next;
  guint n_running;
  GPtrArray *transports; /* (owned) (element-type MeshTransport) */
  MeshKeypair *identity; /* (owned) */
  MeshPeerId *expected;  /* (owned) (nullable) */
  MeshHostOptions options;
  GCancellable *losers; /* (owned): cancelled when the race is over */
  GSource *cancel;      /* (owned) (nullable): of the caller */
  GSource *timer;       /* (owned) (nullable): next address */
  GError *error;        /* (owned) (nullable): the most telling so far */
  MeshDeadline *lookup; /* (owned) (nullable): while names are looked up */
  gboolean is_over;
} Race;

typedef struct
{
  GTask *task;            /* (owned) */
  Candidate *candidate;   /* (unowned) */
  MeshDeadline *deadline; /* (owned) */
} Attempt;

static void start_next (GTask *task);

static void
candidate_free (Candidate *candidate)
{
  g_object_unref (candidate->transport);
  mesh_multiaddr_unref (candidate->addr);
  g_clear_pointer (&candidate->expected, mesh_peer_id_unref);
  g_free (candidate);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
race_free (Race *race)
{
  clear_source (&race->cancel);
  clear_source (&race->timer);
  g_clear_pointer (&race->candidates, g_ptr_array_unref);
  g_clear_pointer (&race->transports, g_ptr_array_unref);
  g_clear_pointer (&race->expected, mesh_peer_id_unref);
  g_clear_pointer (&race->lookup, mesh_deadline_free);
  g_clear_pointer (&race->identity, mesh_keypair_unref);
  g_clear_object (&race->losers);
  g_clear_error (&race->error);
  g_free (race);
}

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->task);
  mesh_deadline_free (attempt->deadline);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

/* ---- which addresses, in which order ---- */

static Candidate *
make_candidate (GPtrArray *transports, MeshMultiaddr *addr, MeshPeerId *expected)
{
  g_autoptr (MeshPeerId) named = mesh_multiaddr_dup_peer_id (addr);
  Candidate *candidate;

  if (named != NULL && expected != NULL && !mesh_peer_id_equal (named, expected))
    return NULL;
  for (guint i = 0; i < transports->len; i++)
    {
      MeshTransport *transport = g_ptr_array_index (transports, i);

      if (!mesh_transport_can_dial (transport, addr))
        continue;
      candidate = g_new0 (Candidate, 1);
      candidate->transport = g_object_ref (transport);
      candidate->addr = mesh_multiaddr_ref (addr);
      if (expected != NULL)
        candidate->expected = mesh_peer_id_ref (expected);
      else
        candidate->expected = g_steal_pointer (&named);
      return candidate;
    }
  return NULL;
}

/* IPv6 and the rest in turn, each in the order given. */
static void
add_candidates (Race *race, GPtrArray *addrs)
{
  guint next[2] = { 0, 0 };
  guint turn = 0, n_misses = 0;

  while (n_misses < 2 && race->candidates->len < MESH_DIALER_MAX_ADDRS)
    {
      Candidate *candidate = NULL;

      while (next[turn] < addrs->len && candidate == NULL)
        {
          MeshMultiaddr *addr = g_ptr_array_index (addrs, next[turn]++);

          if (mesh_multiaddr_find (addr, MESH_MULTIADDR_IP6, NULL) == (turn == 0))
            candidate = make_candidate (race->transports, addr, race->expected);
        }
      n_misses = candidate == NULL ? n_misses + 1 : 0;
      if (candidate != NULL)
        g_ptr_array_add (race->candidates, candidate);
      turn = 1 - turn;
    }
}

static gboolean
has_links (GPtrArray *addrs)
{
  MeshMultiaddrComponent component;

  for (guint i = 0; i < addrs->len; i++)
    {
      mesh_multiaddr_get_component (g_ptr_array_index (addrs, i), 0, &component);
      if (component.protocol == MESH_MULTIADDR_DNSADDR)
        return TRUE;
    }
  return FALSE;
}

/* ---- the race ---- */

static void
end_race (GTask *task)
{
  Race *race = g_task_get_task_data (task);

  race->is_over = TRUE;
  clear_source (&race->timer);
  clear_source (&race->cancel);
  g_cancellable_cancel (race->losers);
}

/* A wrong peer says more than silence, and silence more than a refusal. */
static int
rank (const GError *error)
{
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_AUTH))
    return 3;
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_PROTOCOL)
      || g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    return 2;
  return g_error_matches (error, MESH_ERROR, MESH_ERROR_TIMED_OUT) ? 1 : 0;
}

static void
return_failure (GTask *task)
{
  Race *race = g_task_get_task_data (task);

  end_race (task);
  if (race->error->domain != MESH_ERROR
      && !g_error_matches (race->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_UNREACHABLE, "%s",
                             race->error->message);
  else
    g_task_return_error (task, g_steal_pointer (&race->error));
}

/* Keeps the most telling reason. */
static void
note_error (Race *race, GError *error)
{
  if (race->error == NULL || rank (error) > rank (race->error))
    {
      g_clear_error (&race->error);
      race->error = error;
    }
  else
    g_error_free (error);
}

/* One way less to get there. */
static void
carry_on (GTask *task)
{
  Race *race = g_task_get_task_data (task);

  if (race->next < race->candidates->len)
    start_next (task);
  else if (race->n_running == 0 && race->lookup == NULL)
    return_failure (task);
}

static void
attempt_failed (Attempt *attempt, GError *error)
{
  Race *race = g_task_get_task_data (attempt->task);

  race->n_running--;
  error = mesh_deadline_explain (attempt->deadline, error, "Connecting");
  if (race->is_over)
    {
      g_error_free (error);
      return;
    }
  g_prefix_error (&error, "%s: ", mesh_multiaddr_to_string (attempt->candidate->addr));
  note_error (race, error);
  carry_on (attempt->task);
}

static void
upgrade_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  Race *race = g_task_get_task_data (attempt->task);
  GError *error = NULL;
  g_autoptr (MeshConnection) connection = mesh_upgrade_run_finish (result, &error);

  if (connection == NULL)
    {
      attempt_failed (attempt, error);
      return;
    }
  race->n_running--;
  if (race->is_over)
    {
      mesh_connection_close (connection, NULL);
      return;
    }
  end_race (attempt->task);
  g_task_return_pointer (attempt->task, g_steal_pointer (&connection), g_object_unref);
}

static void
dial_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  Race *race = g_task_get_task_data (attempt->task);
  GError *error = NULL;
  MeshLink *link = mesh_transport_dial_finish (MESH_TRANSPORT (source), result, &error);
  GCancellable *cancellable = mesh_deadline_get_cancellable (attempt->deadline);

  if (link == NULL)
    {
      attempt_failed (attempt, error);
      return;
    }
  mesh_upgrade_run_async (link, MESH_DIRECTION_OUTBOUND, race->identity,
                          attempt->candidate->expected, race->options.max_inbound_streams,
                          race->options.max_outbound_streams, cancellable, upgrade_cb,
                          attempt);
  g_steal_pointer (&attempt);
}

static gboolean
stagger_cb (gpointer user_data)
{
  GTask *task = user_data;
  Race *race = g_task_get_task_data (task);

  clear_source (&race->timer);
  start_next (task);
  return G_SOURCE_REMOVE;
}

static void
arm_timer (GTask *task)
{
  Race *race = g_task_get_task_data (task);

  race->timer = g_timeout_source_new (MESH_DIALER_STAGGER_US / 1000);
  g_source_set_callback (race->timer, stagger_cb, task, NULL);
  g_source_attach (race->timer, g_task_get_context (task));
}

static void
start_next (GTask *task)
{
  Race *race = g_task_get_task_data (task);
  Attempt *attempt = g_new0 (Attempt, 1);

  clear_source (&race->timer);
  attempt->task = g_object_ref (task);
  attempt->candidate = g_ptr_array_index (race->candidates, race->next++);
  attempt->deadline = mesh_deadline_new (race->losers, race->options.dial_timeout_us);
  race->n_running++;
  mesh_transport_dial_async (attempt->candidate->transport, attempt->candidate->addr,
                             mesh_deadline_get_cancellable (attempt->deadline), dial_cb,
                             attempt);
  if (race->next == race->candidates->len)
    return;
  arm_timer (task);
}

/* ---- names ---- */

static GError *
new_nothing (guint n_addrs)
{
  return g_error_new (MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                      "None of the %u addresses of the peer can be dialed", n_addrs);
}

static void
lookup_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Race *race = g_task_get_task_data (task);
  g_autoptr (MeshDeadline) deadline = g_steal_pointer (&race->lookup);
  GError *error = NULL;
  g_autoptr (GPtrArray) addrs = mesh_dnsaddr_lookup_finish (result, &error);

  if (error != NULL)
    error = mesh_deadline_explain (deadline, error, "Looking up the name");
  if (race->is_over)
    {
      g_clear_error (&error);
      return;
    }
  if (addrs != NULL)
    {
      add_candidates (race, addrs);
      if (race->candidates->len == 0)
        error = new_nothing (addrs->len);
    }
  if (error != NULL)
    note_error (race, error);
  /* Those that were known before had the floor; they keep it for their moment. */
  if (race->timer == NULL)
    carry_on (task);
}

static void
look_up (GTask *task, GPtrArray *addrs)
{
  Race *race = g_task_get_task_data (task);

  race->lookup = mesh_deadline_new (race->losers, race->options.dial_timeout_us);
  mesh_dnsaddr_lookup_async (addrs, mesh_deadline_get_cancellable (race->lookup),
                             lookup_cb, g_object_ref (task));
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  g_object_ref (task);
  end_race (task);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

void
mesh_dialer_run_async (GPtrArray *transports,
                       MeshKeypair *identity,
                       MeshPeerId *expected,
                       GPtrArray *addrs,
                       const MeshHostOptions *options,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Race *race = g_new0 (Race, 1);

  g_task_set_source_tag (task, mesh_dialer_run_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, race, (GDestroyNotify) race_free);
  race->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);
  race->transports = g_ptr_array_ref (transports);
  race->expected = expected != NULL ? mesh_peer_id_ref (expected) : NULL;
  add_candidates (race, addrs);
  race->identity = mesh_keypair_ref (identity);
  race->options = *options;
  race->losers = g_cancellable_new ();
  if (race->candidates->len == 0 && !has_links (addrs))
    {
      g_task_return_error (task, new_nothing (addrs->len));
      return;
    }
  if (cancellable != NULL)
    {
      race->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (race->cancel, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (race->cancel, g_task_get_context (task));
    }
  if (has_links (addrs))
    look_up (task, addrs);
  if (race->candidates->len > 0)
    start_next (task);
}

MeshConnection *
mesh_dialer_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
