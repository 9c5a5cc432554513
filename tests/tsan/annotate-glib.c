/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <dlfcn.h>

#include <glib-object.h>

/* Tells ThreadSanitizer what GLib orders. GLib is not built for it and takes its locks by
 * futex, so every value that one thread hands to another would look like a race. This is
 * preloaded: each call below does what GLib's does and says which call happens before
 * which, by the address that both sides know. Only what Shoal hands values over with is
 * here; what is missing shows as a false race, never as a hidden one. */

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(name) \
  ({ \
    static __typeof__ (&name) real; \
    if (real == NULL) \
      real = dlsym (RTLD_NEXT, #name); \
    real; \
  })

#undef g_object_unref

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean is_locked = REAL (g_mutex_trylock) (mutex);

  if (is_locked)
    __tsan_acquire (mutex);
  return is_locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean is_woken;

  __tsan_release (mutex);
  is_woken = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return is_woken;
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (data);
  REAL (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (data);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  if (data != NULL)
    __tsan_acquire (data);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  if (data != NULL)
    __tsan_acquire (data);
  return data;
}

typedef struct
{
  GFunc func;
  gpointer user_data;
} PoolCall;

static void
run_in_pool (gpointer data, gpointer user_data)
{
  PoolCall *call = user_data;

  __tsan_acquire (data);
  call->func (data, call->user_data);
  __tsan_release (call);
}

GThreadPool *
g_thread_pool_new (GFunc func,
                   gpointer user_data,
                   gint max_threads,
                   gboolean exclusive,
                   GError **error)
{
  PoolCall *call
      = g_new (PoolCall, 1); /* never freed: a thread may still return from it */

  call->func = func;
  call->user_data = user_data;
  return REAL (g_thread_pool_new) (run_in_pool, call, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  __tsan_release (data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  gpointer call = pool->user_data;

  REAL (g_thread_pool_free) (pool, immediate, wait);
  if (wait)
    __tsan_acquire (call);
}

typedef struct
{
  GSource *source; /* (unowned) */
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify; /* (nullable) */
} SourceCall;

static gboolean
run_source (gpointer data)
{
  SourceCall *call = data;

  __tsan_acquire (call->source);
  return call->func (call->data);
}

static void
free_source_call (gpointer data)
{
  SourceCall *call = data;

  if (call->notify != NULL)
    call->notify (call->data);
  g_free (call);
}

void
g_source_set_callback (GSource *source,
                       GSourceFunc func,
                       gpointer data,
                       GDestroyNotify notify)
{
  SourceCall *call;

  /* Other kinds of sources call with other arguments, and from their own thread. */
  if (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs)
    {
      REAL (g_source_set_callback) (source, func, data, notify);
      return;
    }
  call = g_new (SourceCall, 1);
  call->source = source;
  call->func = func;
  call->data = data;
  call->notify = notify;
  REAL (g_source_set_callback) (source, run_source, call, free_source_call);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (source);
  return REAL (g_source_attach) (source, context);
}

/* Whoever drops the last reference frees what all the others saw. */
void
g_object_unref (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

void
g_bytes_unref (GBytes *bytes)
{
  if (bytes != NULL)
    {
      __tsan_release (bytes);
      __tsan_acquire (bytes);
    }
  REAL (g_bytes_unref) (bytes);
}

/* The clear function of the call under way in this thread; read before it is run. */
static __thread GDestroyNotify clear_box;

static void
run_clear_box (gpointer box)
{
  GDestroyNotify clear = clear_box;

  __tsan_acquire (box);
  if (clear != NULL)
    clear (box);
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  __tsan_release (box);
  clear_box = clear;
  REAL (g_atomic_rc_box_release_full) (box, run_clear_box);
}

void
g_atomic_rc_box_release (gpointer box)
{
  g_atomic_rc_box_release_full (box, NULL);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  __tsan_release ((void *) count);
  __tsan_acquire ((void *) count);
  return REAL (g_atomic_ref_count_dec) (count);
}
