/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-queue.h"

typedef struct
{
  GTask *tasks[MESH_WORK_QUEUE_MAX_GROUP];   /* (owned) */
  GError *errors[MESH_WORK_QUEUE_MAX_GROUP]; /* (owned) (nullable) */
  guint n;
} Group;

struct MeshWorkQueue
{
  GThread *thread;     /* (owned) */
  GAsyncQueue *queued; /* (owned) (element-type GTask), and the queue itself at the end */
  MeshWorkQueueFunc func;
  gpointer user_data;
};

static void
group_free (gpointer data)
{
  Group *group = data;

  for (guint i = 0; i < group->n; i++)
    {
      g_object_unref (group->tasks[i]);
      g_clear_error (&group->errors[i]);
    }
  g_free (group);
}

/* In the owning context, so that no task's last reference ends in the thread. */
static gboolean
deliver (gpointer data)
{
  Group *group = data;

  for (guint i = 0; i < group->n; i++)
    if (group->errors[i] != NULL)
      g_task_return_error (group->tasks[i], g_steal_pointer (&group->errors[i]));
    else
      g_task_return_boolean (group->tasks[i], TRUE);
  return G_SOURCE_REMOVE;
}

static void
send_back (Group *group)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  GMainContext *context = g_task_get_context (group->tasks[0]);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "MeshWorkQueue results");
  g_source_set_callback (source, deliver, group, group_free);
  g_source_attach (source, context);
}

static gpointer
thread_main (gpointer data)
{
  MeshWorkQueue *self = data;
  gpointer next = g_async_queue_pop (self->queued);

  while (next != self)
    {
      Group *group = g_new0 (Group, 1);

      while (next != NULL && next != self && group->n < MESH_WORK_QUEUE_MAX_GROUP)
        {
          group->tasks[group->n++] = next;
          next = g_async_queue_try_pop (self->queued);
        }
      self->func (group->tasks, group->errors, group->n, self->user_data);
      send_back (group);
      if (next == NULL)
        next = g_async_queue_pop (self->queued);
    }
  return NULL;
}

MeshWorkQueue *
mesh_work_queue_start (const char *name, MeshWorkQueueFunc func, gpointer user_data)
{
  MeshWorkQueue *self = g_new0 (MeshWorkQueue, 1);

  self->queued = g_async_queue_new ();
  self->func = func;
  self->user_data = user_data;
  self->thread = g_thread_new (name, thread_main, self);
  return self;
}

void
mesh_work_queue_stop (MeshWorkQueue *self)
{
  g_async_queue_push (self->queued, self);
  g_thread_join (self->thread);
  g_async_queue_unref (self->queued);
  g_free (self);
}

void
mesh_work_queue_push (MeshWorkQueue *self, GTask *task)
{
  g_async_queue_push (self->queued, task);
}
