/** Opens the list of lessons, and shows the lesson that is open; both are loaded then. */
import { GraduationCap } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { Lazy } from '../parts/lazy.tsx';
import type { Lessons } from './lessons.ts';

const loadList = async () => (await import('./lesson-list.tsx')).LessonList;
const loadGuide = async () => (await import('./guide.tsx')).Guide;

export function LessonsButton({ lessons }: { readonly lessons: Lessons }) {
  const [listed, setListed] = useState(false);
  return (
    <>
      <button
        type="button"
        class="icon wide lessons-button"
        aria-haspopup="dialog"
        aria-keyshortcuts="L"
        title="Lessons: six short tours of what is learned here, on the live page (L)"
        onClick={() => setListed(true)}
      >
        <GraduationCap size={16} aria-hidden /> <span class="label">Lessons</span>
      </button>
      {listed ? <Lazy load={loadList} props={{ lessons, onClose: () => setListed(false) }} /> : null}
    </>
  );
}

export function LessonGuide({ lessons }: { readonly lessons: Lessons }) {
  const { value: id } = lessons.open;
  if (id === undefined) return null;
  return (
    <div class="lesson-place">
      <Lazy load={loadGuide} props={{ lessons, id }} />
    </div>
  );
}
