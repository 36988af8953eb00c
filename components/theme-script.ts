/** Sets the chosen theme before the first paint, so that the other one does not flash. `preferences.ts` has the same key. */
export const themeScript = `try{var t=JSON.parse(localStorage.getItem('fresco.theme'));if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}`
